package io.graft.lora.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.BoundedText;
import io.graft.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bound, at which a file is still taken, and one beyond it. */
class BoundsTest {
    private static final int STEPS = 1 << 20;
    private static final int BYTES = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void charactersThatAnExpressionMayLookAt() {
        BoundedText text = new BoundedText("ab");
        for (int step = 0; step < STEPS; step++) {
            assertEquals('b', text.charAt(1));
        }
        assertThrows(BoundedText.TooSlowException.class, () -> text.charAt(1));
    }

    @Test
    void bytesOfAConfiguration() {
        String fields = "{\"a\": \"\"}";
        String longest = "{\"a\": \"" + "a".repeat(BYTES - fields.length()) + "\"}";
        assertEquals(BYTES - fields.length(), ((String) read(longest).get("a")).length());
        assertEquals(
                folder.resolve("adapter_config.json")
                        + ": is larger than 1048576 bytes; an adapter's configuration is small",
                assertThrows(CheckpointException.class, () -> read(longest + " "))
                        .getMessage());
    }

    @Test
    void listsInsideLists() {
        assertEquals(List.of("a"), List.copyOf(read(nested(16)).keys()));
        refused(nested(17));
    }

    @Test
    void digitsOfANumber() {
        assertEquals(
                Double.POSITIVE_INFINITY,
                read("{\"a\": 1" + "0".repeat(999) + "}").get("a"));
        refused("{\"a\": 1" + "0".repeat(1000) + "}");
    }

    @Test
    void charactersOfAKey() {
        String longest = "k".repeat(50_000);
        assertEquals(
                List.of(longest), List.copyOf(read("{\"" + longest + "\": 1}").keys()));
        refused("{\"" + longest + "k\": 1}");
    }

    /** An object that is so deep, itself counted. */
    private static String nested(int depth) {
        return "{\"a\": " + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }

    private void refused(String config) {
        assertEquals(
                folder.resolve("adapter_config.json")
                        + ": nests too deep or holds a key or number that is too long; an adapter's configuration is small",
                assertThrows(CheckpointException.class, () -> read(config)).getMessage());
    }

    private AdapterSettings read(String config) {
        try {
            return AdapterSettings.read(Files.writeString(folder.resolve("adapter_config.json"), config));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
