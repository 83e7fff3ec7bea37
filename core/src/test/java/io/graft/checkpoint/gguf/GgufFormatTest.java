package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.assertHolds;
import static io.graft.checkpoint.Fixtures.assertRefused;
import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code small.gguf} is made by {@code make_gguf.py} beside it. */
class GgufFormatTest {
    private static final String DAMAGED = "; it seems to be a GGUF file: copy or download it again";
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String ORIGINAL = "; give the checkpoint that the file was made from";

    @TempDir
    Path folder;

    private ByteBuffer file = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void tensorsOfPlainTypesAreRead() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/small.gguf"));
        assertEquals("gguf", checkpoint.format());
        assertEquals("state_dict", checkpoint.layout());
        assertEquals(9, checkpoint.tensors().size());
        assertHolds("gguf/small-expected.safetensors", checkpoint);
        TensorEntry brain = checkpoint.tensors().get("blk.0.bf16");
        assertEquals(DType.BF16, brain.dtype());
        assertArrayEquals(new byte[] {(byte) 0x80, 0x3f, 0, (byte) 0xc0}, Fixtures.bytes(brain.data()));
        assertEquals("llama", checkpoint.metadata().get("general.architecture"));
        assertEquals("-6", checkpoint.metadata().get("numbers.i64"));
        assertEquals("a list of 3", checkpoint.metadata().get("tokenizer.tokens"));
    }

    @Test
    void quantizedTensorsAreListedAndRefused() {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/small.gguf"));
        TensorEntry quantized = checkpoint.tensors().get("blk.0.q8");
        assertEquals(DType.U8, quantized.dtype());
        assertEquals(Shape.of(2, 68), quantized.shape());
        assertEquals(136, quantized.data().byteCount());
        assertEquals(
                List.of("1 quantized tensors are listed by their bytes and cannot be read"), checkpoint.warnings());
        String message =
                checkpoint.path() + ": tensor 'blk.0.q8' is quantized as Q8_0, which Graft does not read" + ORIGINAL;
        assertEquals(
                message,
                assertThrows(CheckpointException.class, () -> quantized.data().window(0, 1))
                        .getMessage());
        assertEquals(
                message,
                assertThrows(
                                CheckpointException.class,
                                () -> quantized.data().transferTo(Channels.newChannel(new ByteArrayOutputStream())))
                        .getMessage());
    }

    @Test
    void headersThatEndEarlyOrClaimTooMuchAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(path("gguf/small.gguf"));
        assertRefused(
                Reason.MALFORMED,
                "cut off: the file of 100 bytes ends inside its header" + DAMAGED,
                Files.write(folder.resolve("a"), Arrays.copyOf(good, 100)));
        assertRefused(
                Reason.MALFORMED,
                "cut off: tensor 'blk.0.q8' takes 136 bytes from byte 512 of the data, which have 640" + DAMAGED,
                Files.write(folder.resolve("a"), Arrays.copyOf(good, good.length - 64)));
        start(1, 0, 0);
        assertRefused(
                Reason.UNSUPPORTED,
                "a GGUF file of version 1 or of big-endian byte order, which Graft does not read" + ORIGINAL,
                write());
        start(3, 1L << 40, 0);
        assertRefused(
                Reason.REFUSED, "the header claims 1099511627776 tensors, at most 200000 are read" + HOSTILE, write());
        start(3, 0, -1);
        assertRefused(
                Reason.REFUSED,
                "the header claims 18446744073709551615 key-value pairs, at most 100000 are read" + HOSTILE,
                write());
        start(3, 0, 0);
        assertRefused(Reason.MALFORMED, "the file holds 0 tensors" + DAMAGED, write());
    }

    @Test
    void tensorsThatCannotBeAreRefused() throws IOException {
        assertTensorRefused(
                Reason.UNSUPPORTED, "tensor 'w' is of type 99, which Graft does not know" + ORIGINAL, 99, 0, 2);
        assertTensorRefused(
                Reason.MALFORMED, "tensor 'w' has rows of 33 elements, but Q8_0 packs 32 together" + DAMAGED, 8, 0, 33);
        assertTensorRefused(Reason.REFUSED, "tensor 'w' has a dimension of 2^48 or more" + HOSTILE, 0, 0, 1L << 48);
        assertTensorRefused(
                Reason.REFUSED,
                "tensor 'w' has the shape [140737488355328, 140737488355328], more than can be addressed" + HOSTILE,
                0,
                0,
                1L << 47,
                1L << 47);
        assertTensorRefused(
                Reason.REFUSED,
                "the header claims 5 dimensions of tensor 'w', at most 4 are read" + HOSTILE,
                0,
                0,
                1,
                1,
                1,
                1,
                1);
        assertTensorRefused(Reason.MALFORMED, "tensor 'w' is quantized and has no dimensions" + DAMAGED, 8, 0);
        assertTensorRefused(
                Reason.MALFORMED,
                "cut off: tensor 'w' takes 8 bytes from byte -8 of the data, which have 64" + DAMAGED,
                0,
                -8,
                2);
    }

    @Test
    void pairsThatCannotBeAreRefused() throws IOException {
        start(3, 0, 1);
        text("k");
        file.putInt(77);
        assertRefused(Reason.MALFORMED, "'k' is of a type that the format lacks" + DAMAGED, write());
        start(3, 0, 1);
        text("k");
        file.putInt(9).putInt(9).putLong(1);
        assertRefused(Reason.MALFORMED, "'k' is a list that the format lacks" + DAMAGED, write());
        start(3, 0, 2);
        for (int i = 0; i < 2; i++) {
            text("k");
            file.putInt(0).put((byte) 1);
        }
        assertRefused(Reason.MALFORMED, "the header holds 'k' twice" + DAMAGED, write());
        start(3, 0, 1);
        text("general.alignment");
        file.putInt(4).putInt(0);
        assertRefused(Reason.MALFORMED, "general.alignment is '0'" + DAMAGED, write());
        start(3, 0, 1);
        file.putLong(2).put((byte) 0xff).put((byte) 0xff);
        assertRefused(Reason.MALFORMED, "the header holds a text that is not UTF-8" + DAMAGED, write());
    }

    private void assertTensorRefused(Reason reason, String message, int type, long offset, long... dimensions)
            throws IOException {
        start(3, 1, 0);
        text("w");
        file.putInt(dimensions.length);
        for (int i = dimensions.length - 1; i >= 0; i--) {
            file.putLong(dimensions[i]);
        }
        file.putInt(type).putLong(offset);
        while (file.position() % 32 != 0) {
            file.put((byte) 0);
        }
        file.put(new byte[64]);
        assertRefused(reason, message, write());
    }

    private void start(int version, long tensors, long pairs) {
        file = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.putInt(version).putLong(tensors).putLong(pairs);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.putLong(bytes.length).put(bytes);
    }

    private Path write() throws IOException {
        return Files.write(folder.resolve("a.gguf"), Arrays.copyOf(file.array(), file.position()));
    }
}
