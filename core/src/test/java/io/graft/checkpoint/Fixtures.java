package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
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

    /** Asserts that a file has the tensors of a safetensors fixture, bit for bit; it may have others. */
    public static void assertHolds(String expected, Checkpoint actual) throws IOException {
        for (TensorEntry entry : Checkpoint.open(path(expected)).tensors().values()) {
            TensorEntry other = actual.tensors().get(entry.name());
            assertNotNull(other, entry.name());
            assertEquals(entry.dtype(), other.dtype(), entry.name());
            assertEquals(entry.shape(), other.shape(), entry.name());
            assertArrayEquals(bytes(entry.data()), bytes(other.data()), entry.name());
            ByteArrayOutputStream transferred = new ByteArrayOutputStream();
            other.data().transferTo(Channels.newChannel(transferred));
            assertArrayEquals(bytes(entry.data()), transferred.toByteArray(), entry.name());
        }
    }

    /** Asserts that opening a file fails with exactly this reason and message after its path. */
    public static void assertRefused(CheckpointException.Reason reason, String message, Path file) throws IOException {
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> Checkpoint.open(file));
        assertEquals(file.toRealPath() + ": " + message, refusal.getMessage());
        assertEquals(reason, refusal.reason());
    }
}
