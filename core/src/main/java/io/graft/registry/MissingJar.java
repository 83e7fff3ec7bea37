package io.graft.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The jar of Graft's own that brings what nothing here has. Which those are is a list among the resources: core knows none of them.
 *
 * @param coordinates group and artifact
 */
public record MissingJar(String coordinates) {
    private static final String LIST = "jars.properties";
    private static final String COMMAND = "command.";

    /**
     * The jar for a name, if Graft has one.
     *
     * @param name an id or an alias
     */
    public static Optional<MissingJar> of(PlugKind<?> kind, String name) {
        return of(kind.word().replace(' ', '-') + "." + name);
    }

    /** The jar for a command of the command line, if Graft has one. */
    public static Optional<MissingJar> ofCommand(String name) {
        return of(COMMAND + name);
    }

    /** The commands that jars of Graft bring. */
    public static Set<String> commands() {
        return read().stringPropertyNames().stream()
                .filter(key -> key.startsWith(COMMAND))
                .map(key -> key.substring(COMMAND.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<MissingJar> of(String key) {
        return Optional.ofNullable(read().getProperty(key)).map(MissingJar::new);
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

    /** The artifact alone, as the file of the jar begins. */
    public String artifact() {
        return coordinates.substring(coordinates.indexOf(':') + 1);
    }

    /** What to do, as a part of a sentence. */
    public String sentence() {
        return "it comes with " + coordinates
                + ", which is not here: add that jar to the class path, or name it among the" + " extensions";
    }
}
