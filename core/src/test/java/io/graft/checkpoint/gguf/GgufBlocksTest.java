package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks stand for what ggml and gguf-py take them for, bit for bit. */
class GgufBlocksTest {
    private static final String Q = "blk.0.attn_q.weight";

    @TempDir
    Path folder;

    private static Checkpoint open(String type) {
        return Checkpoint.open(path("/fixtures/quantized/gguf-" + type.toLowerCase(Locale.ROOT) + "/model.gguf"));
    }

    private static Checkpoint expected(String type) {
        return Checkpoint.open(
                path("/fixtures/quantized/gguf-" + type.toLowerCase(Locale.ROOT) + "/expected.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "Q8_K", "IQ4_NL",
                "IQ4_XS", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "Q1_0"
            })
    void everyTypeIsReadBitForBit(String type) throws IOException {
        Checkpoint checkpoint = open(type);
        for (TensorEntry entry : expected(type).tensors().values()) {
            TensorEntry found = checkpoint.tensors().get(entry.name());
            assertEquals(DType.F32, found.dtype());
            assertEquals(entry.shape(), found.shape());
            assertArrayEquals(Fixtures.bytes(entry.data()), Fixtures.bytes(found.data()), entry.name());
        }
        assertEquals(type, checkpoint.tensors().get(Q).encoding().orElseThrow().scheme());
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16"})
    void plainTypesAreNumbers(String type) throws IOException {
        TensorEntry found = open(type).tensors().get(Q);
        assertEquals(type, found.dtype().name());
        assertEquals(expected(type).tensors().get(Q).shape(), found.shape());
    }

    /** A window may begin and end inside a block. */
    @ParameterizedTest
    @ValueSource(strings = {"Q8_0", "Q4_K", "NVFP4"})
    void anyPartIsThatOfTheWhole(String type) throws IOException {
        ByteBuffer all = open(type).tensors().get(Q).data().window(0, 6 * 256 * 4);
        for (int first : new int[] {0, 1, 31, 32, 255, 700}) {
            for (int count : new int[] {1, 2, 33, 64, 257, 600}) {
                ByteBuffer part = open(type).tensors().get(Q).data().window(first * 4L, count * 4);
                assertEquals(all.slice(first * 4, count * 4), part, first + " " + count);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S"})
    void typesWithLargeTablesAreRefusedByName(String type) {
        Checkpoint checkpoint = open(type);
        assertEquals(
                checkpoint.path() + ": `" + Q + "` is quantized as " + type
                        + ", which Graft does not read; give the checkpoint that the file was made from",
                assertThrows(
                                CheckpointException.class,
                                () -> checkpoint.tensors().get(Q).data().window(0, 4))
                        .getMessage());
    }

    /** It is not known whether that is a factor of the tensor. */
    @Test
    void aScaleBesideNvfp4IsNotIgnored() throws IOException {
        byte[] bytes = Files.readAllBytes(path("/fixtures/quantized/gguf-nvfp4/model.gguf"));
        String text =
                new String(bytes, StandardCharsets.ISO_8859_1).replace("output_norm.weight", "blk.0.attn_q.scale");
        Path file = Files.write(folder.resolve("a.gguf"), text.getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                "is quantized as NVFP4 and has `blk.0.attn_q.scale` beside it, which Graft does not read",
                Checkpoint.open(file).tensors().get(Q).refusal().orElseThrow().reason());
    }

    @Test
    void aFileThatEndsEarlyIsDamaged() throws IOException {
        byte[] good = Files.readAllBytes(path("/fixtures/quantized/gguf-q4_k/model.gguf"));
        Path cut = Files.write(folder.resolve("a.gguf"), Arrays.copyOf(good, good.length - 64));
        assertEquals(
                CheckpointException.Reason.MALFORMED,
                assertThrows(CheckpointException.class, () -> Checkpoint.open(cut))
                        .reason());
    }

    @Test
    void aScaleThatIsNoNumberIsAnErrorWithItsPlace() throws IOException {
        byte[] bytes = Files.readAllBytes(path("/fixtures/quantized/gguf-q8_0/model.gguf"));
        long start = open("Q8_0").stored().get(Q).range().offset();
        // the third block of the second row
        int at = (int) start + 10 * 34;
        bytes[at] = 0;
        bytes[at + 1] = 0x7c;
        Checkpoint checkpoint = Checkpoint.open(Files.write(folder.resolve("a.gguf"), bytes));
        String message = assertThrows(
                        CheckpointException.class,
                        () -> checkpoint.tensors().get(Q).data().window(0, 6 * 256 * 4))
                .getMessage();
        assertEquals(true, message.startsWith(checkpoint.path() + ": `" + Q + "` holds "), message);
        assertEquals(
                true,
                message.endsWith(
                        " at [1, 64], which no weight is; quantize the model again, or take another copy of the"
                                + " file"),
                message);
    }
}
