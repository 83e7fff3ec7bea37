package io.graft.checkpoint;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Real checkpoints beside the tests. */
public final class Fixtures {
    private Fixtures() {}

    public static Path path(String name) {
        URL url = Fixtures.class.getResource(name);
        if (url == null) {
            throw new IllegalArgumentException("no fixture " + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException bad) {
            throw new IllegalArgumentException(bad);
        }
    }

    /** All bytes of a tensor. */
    public static byte[] bytes(TensorData data) throws IOException {
        ByteBuffer window = data.window(0, (int) data.byteCount());
        byte[] bytes = new byte[window.remaining()];
        window.get(bytes);
        return bytes;
    }
}
