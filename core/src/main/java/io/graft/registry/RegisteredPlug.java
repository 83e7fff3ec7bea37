package io.graft.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a jar brings and can be used: a modifier, a model target, an output format.
 *
 * @param origin name of the jar or folder that it comes from
 * @param version of that jar, from its manifest or its module descriptor; empty if it says none
 * @param apiLevel the level of the API that its provider was generated for
 * @param <T> what a configuration gets of it
 */
public record RegisteredPlug<T>(
        PlugKind<T> kind,
        PlugDescriptor descriptor,
        String origin,
        String version,
        int apiLevel,
        PlugProvider<T> provider) {
    /** Its id. */
    public String id() {
        return descriptor.id();
    }

    /**
     * The JSON Schema (2020-12) of an object that asks for it, as the processor wrote it; empty if its jar brings none.
     *
     * @throws IOException if the jar can no longer be read
     */
    public Optional<String> schema() throws IOException {
        return resource(".schema.json");
    }

    /**
     * A configuration with all its options, as the processor wrote it; empty if its jar brings none.
     *
     * @throws IOException if the jar can no longer be read
     */
    public Optional<String> sample() throws IOException {
        return resource(".conf");
    }

    private Optional<String> resource(String ending) throws IOException {
        try (InputStream file = provider.getClass().getResourceAsStream("/" + kind.folder() + id() + ending)) {
            return file == null
                    ? Optional.empty()
                    : Optional.of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
