package io.graft.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/**
 * The jar of Graft's own that brings what nothing here has. Which those are is a list among the resources: core knows none of them.
 *
 * @param coordinates group and artifact
 */
public record MissingJar(String coordinates) {
    private static final String LIST = "jars.properties";

    /**
     * The jar for a name, if Graft has one.
     *
     * @param name an id or an alias
     */
    public static Optional<MissingJar> of(PlugKind<?> kind, String name) {
        return Optional.ofNullable(read().getProperty(kind.word().replace(' ', '-') + "." + name))
                .map(MissingJar::new);
    }

    private static Properties read() {
        Properties jars = new Properties();
        try (InputStream list = MissingJar.class.getResourceAsStream(LIST)) {
            jars.load(list);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return jars;
    }

    /** What to do, as a part of a sentence. */
    public String sentence() {
        return "it comes with " + coordinates
                + ", which is not here: add that jar to the class path, or name it among the" + " extensions";
    }
}
