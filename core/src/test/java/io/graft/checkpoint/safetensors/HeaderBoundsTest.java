package io.graft.checkpoint.safetensors;

import static io.graft.checkpoint.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bound of a header, at which a file is still read, and one beyond it. */
class HeaderBoundsTest {
    private static final String AGAIN =
            "; it seems to be a safetensors file: get it again from its source or save it again";

    @TempDir
    Path folder;

    @Test
    void aName() throws IOException {
        String longest = "n".repeat(1 << 16);
        assertEquals(
                Set.of(longest), open(tensor(longest, "[2]", 0, 8), 8).tensors().keySet());
        assertRefused(
                Reason.REFUSED,
                "the header nests too deep or holds a name, text or number that is too long" + AGAIN,
                file(tensor(longest + "n", "[2]", 0, 8), 8));
    }

    @Test
    void aText() throws IOException {
        String longest = "t".repeat(20_000_000);
        assertEquals(Map.of("k", longest), open(metadata(longest), 8).metadata());
        assertRefused(
                Reason.REFUSED,
                "the header nests too deep or holds a name, text or number that is too long" + AGAIN,
                file(metadata(longest + "t"), 8));
    }

    @Test
    void aDimension() throws IOException {
        long largest = (1L << 48) - 1;
        assertEquals(
                List.of(largest, 0L),
                open(tensor("a", "[" + largest + ",0]", 0, 0), 0)
                        .tensors()
                        .get("a")
                        .shape()
                        .dimensions());
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' has a dimension of 2^48 or more: 281474976710656" + AGAIN,
                file(tensor("a", "[281474976710656,0]", 0, 0), 0));
    }

    @Test
    void digits() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' has a dimension of 2^48 or more: 999999999999999999" + AGAIN,
                file(tensor("a", "[" + "9".repeat(18) + ",0]", 0, 0), 0));
        assertRefused(
                Reason.REFUSED,
                "shape of tensor 'a' holds a number of more than 18 digits" + AGAIN,
                file(tensor("a", "[" + "9".repeat(19) + ",0]", 0, 0), 0));
    }

    private static String tensor(String name, String shape, long begin, long end) {
        return Bytes.header(Bytes.entry(name, "F32", shape, begin, end));
    }

    private static String metadata(String text) {
        return Bytes.header("\"__metadata__\":{\"k\":\"" + text + "\"}", Bytes.entry("a", "F32", "[2]", 0, 8));
    }

    private Checkpoint open(String header, int bytes) throws IOException {
        return Checkpoint.open(file(header, bytes));
    }

    private Path file(String header, int bytes) throws IOException {
        return Bytes.file(folder.resolve("f"), header, bytes);
    }
}
