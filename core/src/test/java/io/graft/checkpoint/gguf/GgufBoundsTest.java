package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each bound of the format, at which a file is still read, and one beyond it. */
class GgufBoundsTest {
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final int LONGEST = 1 << 16;
    private static final int TOGETHER = 32 << 20;

    @TempDir
    Path folder;

    @Test
    void aTextBeyondTheBoundIsToldByItsLength() throws IOException {
        assertEquals(
                "v".repeat(200) + "...",
                Checkpoint.open(file("w", List.of("v".repeat(LONGEST))))
                        .metadata()
                        .get("k000"));
        assertEquals(
                "a text of 65537 bytes",
                Checkpoint.open(file("w", List.of("v".repeat(LONGEST + 1))))
                        .metadata()
                        .get("k000"));
    }

    @Test
    void aName() throws IOException {
        String longest = "n".repeat(LONGEST);
        assertEquals(
                Set.of(longest),
                Checkpoint.open(file(longest, List.of())).tensors().keySet());
        assertRefused(
                Reason.REFUSED,
                "names and texts of more than 65536 bytes, or 33554432 together" + HOSTILE,
                file(longest + "n", List.of()));
    }

    @Test
    void allTextsTogether() throws IOException {
        List<String> texts = new ArrayList<>(Collections.nCopies(511, "v".repeat(LONGEST)));
        // Keys of four letters, and the name of the tensor.
        int left = TOGETHER - 511 * LONGEST - 512 * 4 - 1;
        texts.add("v".repeat(left));
        assertEquals(512, Checkpoint.open(file("w", texts)).metadata().size());
        texts.set(511, "v".repeat(left + 1));
        assertRefused(
                Reason.REFUSED,
                "names and texts of more than 65536 bytes, or 33554432 together" + HOSTILE,
                file("w", texts));
    }

    @Test
    void dimensions() throws IOException {
        assertEquals(
                List.of(1L, 1L, 1L, 2L),
                Checkpoint.open(file("w", List.of(), 2, 1, 1, 1))
                        .tensors()
                        .get("w")
                        .shape()
                        .dimensions());
        assertRefused(
                Reason.REFUSED,
                "the header claims 5 dimensions of tensor 'w', at most 4 are read" + HOSTILE,
                file("w", List.of(), 2, 1, 1, 1, 1));
    }

    @Test
    void tensorsAndPairs() throws IOException {
        assertRefused(
                Reason.REFUSED,
                "the header claims 200001 tensors, at most 200000 are read" + HOSTILE,
                claiming(200_001, 0));
        assertRefused(
                Reason.MALFORMED,
                "cut off: the file of 28 bytes ends inside its header"
                        + "; it seems to be a GGUF file: copy or download it again",
                claiming(200_000, 0));
        assertRefused(
                Reason.REFUSED,
                "the header claims 100001 key-value pairs, at most 100000 are read" + HOSTILE,
                claiming(0, 100_001));
        assertRefused(
                Reason.MALFORMED,
                "cut off: the file of 28 bytes ends inside its header"
                        + "; it seems to be a GGUF file: copy or download it again",
                claiming(0, 100_000));
    }

    private Path claiming(long tensors, long pairs) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        start(file, tensors, pairs);
        return Files.write(folder.resolve("a.gguf"), file.array());
    }

    /** A file of one tensor of F32, two elements by default, and texts under the keys {@code k000}, {@code k001}, ... */
    private Path file(String name, List<String> texts, long... dimensions) throws IOException {
        int size = texts.stream().mapToInt(text -> text.length() + 24).sum() + name.length() + 256;
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        start(file, 1, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            text(file, String.format("k%03d", i));
            file.putInt(8);
            text(file, texts.get(i));
        }
        text(file, name);
        long[] shape = dimensions.length == 0 ? new long[] {2} : dimensions;
        file.putInt(shape.length);
        Arrays.stream(shape).forEach(file::putLong);
        file.putInt(0).putLong(0);
        while (file.position() % 32 != 0) {
            file.put((byte) 0);
        }
        file.putFloat(1).putFloat(2);
        return Files.write(folder.resolve("a.gguf"), Arrays.copyOf(file.array(), file.position()));
    }

    private static void start(ByteBuffer file, long tensors, long pairs) {
        file.put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors)
                .putLong(pairs);
    }

    private static void text(ByteBuffer file, String text) {
        file.putLong(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }
}
