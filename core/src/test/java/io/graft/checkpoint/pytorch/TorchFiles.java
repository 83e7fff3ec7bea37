package io.graft.checkpoint.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files to open in tests, and what they are expected to hold. */
final class TorchFiles {
    /** A tensor of a safetensors file, read without Graft. */
    record Expected(String dtype, List<Long> shape, ByteBuffer bytes) {}

    private final Path folder;

    TorchFiles(Path folder) {
        this.folder = folder;
    }

    static Path fixture(String name) {
        try {
            return Path.of(TorchFiles.class.getResource("/fixtures/" + name).toURI());
        } catch (URISyntaxException unlikely) {
            throw new AssertionError(unlikely);
        }
    }

    /** Tensors of a safetensors file by name. */
    static Map<String, Expected> safetensors(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int dataStart = 8 + (int) all.getLong(0);
        Config header = ConfigFactory.parseString(new String(all.array(), 8, dataStart - 8, StandardCharsets.UTF_8));
        Map<String, Expected> tensors = new LinkedHashMap<>();
        for (String name : header.root().keySet()) {
            if (!name.equals("__metadata__")) {
                Config entry = ((com.typesafe.config.ConfigObject) header.root().get(name)).toConfig();
                List<Long> range = entry.getLongList("data_offsets");
                ByteBuffer bytes = all.slice(dataStart + range.get(0).intValue(), (int) (range.get(1) - range.get(0)));
                tensors.put(name, new Expected(entry.getString("dtype"), entry.getLongList("shape"), bytes));
            }
        }
        return tensors;
    }

    static ByteBuffer bytes(TensorEntry entry) throws IOException {
        return entry.data().window(0, (int) entry.data().byteCount());
    }

    static Checkpoint open(Path file) {
        return Checkpoint.open(file);
    }

    /** An archive as {@code torch.save} makes it, without its optional members. */
    static Zip zip(Object root) {
        return new Zip().stored("archive/data.pkl", Pickle.of(root));
    }

    /** An archive with storage {@code 0} of four floats 1, 2, 3, 4. */
    static Zip zipWithFour(Object root) {
        return zip(root).stored("archive/data/0", floats(1, 2, 3, 4));
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    Path write(byte[] content) {
        try {
            return Files.write(folder.resolve("a.pt"), content).toRealPath();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Checkpoint open(Zip zip) {
        return open(write(zip.build()));
    }

    /** Asserts that the tensor {@code w} is listed, and why it is not read. */
    void assertOnlyListed(String reason, String help, Zip zip) {
        Checkpoint checkpoint = open(zip);
        assertEquals(List.of("only listed: `w` " + reason + "; " + help), checkpoint.warnings());
        CheckpointException refusal = assertThrows(
                CheckpointException.class,
                () -> checkpoint.tensors().get("w").data().transferTo(null));
        assertEquals(checkpoint.path() + ": `w` " + reason + "; " + help, refusal.getMessage());
        assertEquals(Reason.UNSUPPORTED, refusal.reason());
    }

    /** Asserts the reason and the exact message after the path. */
    void assertRefused(Reason reason, String message, byte[] content) {
        Path file = write(content);
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> open(file));
        assertEquals(file + ": " + message, refusal.getMessage());
        assertEquals(reason, refusal.reason());
    }

    void assertRefused(Reason reason, String message, Zip zip) {
        assertRefused(reason, message, zip.build());
    }
}
