package io.graft.modifiers;

import io.graft.testkit.ModelFixture;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The files of these tests. */
public final class Fixtures {
    private Fixtures() {}

    /** A file of the tests' resources. */
    public static Path file(String name) {
        try {
            return Path.of(Fixtures.class.getResource(name).toURI());
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(name, malformed);
        }
    }

    /** The reference system's model of two layers: {@code encoder}, 4 to 3, and {@code decoder}, 3 to 2. */
    public static ModelFixture m43() {
        return ModelFixture.read(file("m43/init.safetensors"));
    }

    /** The layers of {@link #m43}, with sevens everywhere. */
    public static ModelFixture sevens() {
        return ModelFixture.empty().linear("encoder", 4, 3, 7).linear("decoder", 3, 2, 7);
    }

    /** An encoder, a processor and a decoder, with the buffers of a norm and of a grid. */
    public static ModelFixture epd() {
        return ModelFixture.read(file("epd/model.safetensors"))
                .buffers("latlons", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked");
    }
}
