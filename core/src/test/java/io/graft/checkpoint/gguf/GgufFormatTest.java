package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.Fixtures.assertHolds;
import static io.graft.checkpoint.Fixtures.assertRefused;
import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code small.gguf} is made by {@code make_gguf.py} beside it. */
class GgufFormatTest {
    private static final String DAMAGED = "; it seems to be a GGUF file: copy or download it again";
    private static final String HOSTILE = "; do not use this file unless you know who wrote it";
    private static final String ORIGINAL = "; give the checkpoint that the file was made from";

    @TempDir
    Path folder;

    private int headerEnd;
    private ByteBuffer file = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void tensorsOfPlainTypesAreRead() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/small.gguf"));
        assertEquals("gguf", checkpoint.format());
        assertEquals("state_dict", checkpoint.content());
        assertEquals(9, checkpoint.tensors().size());
        assertHolds("gguf/small-expected.safetensors", checkpoint);
        TensorEntry brain = checkpoint.tensors().get("blk.0.bf16");
        assertEquals(DType.BF16, brain.dtype());
        assertArrayEquals(new byte[] {(byte) 0x80, 0x3f, 0, (byte) 0xc0}, Fixtures.bytes(brain.data()));
        assertEquals("llama", checkpoint.metadata().get("general.architecture"));
        assertEquals("-6", checkpoint.metadata().get("numbers.i64"));
        assertEquals("a list of 3", checkpoint.metadata().get("tokenizer.tokens"));
    }

    @ParameterizedTest
    @CsvSource({"nvfp4.gguf, NVFP4", "q1_0.gguf, Q1_0"})
    void theLatestTypesAreKnown(String file, String scheme) {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/" + file));
        List<String> schemes = checkpoint.tensors().values().stream()
                .flatMap(tensor -> tensor.encoding().stream())
                .map(encoding -> encoding.scheme())
                .distinct()
                .toList();
        assertEquals(List.of(scheme), schemes);
    }

    @Test
    void blocksAreNoTensorOutsideTheirFile() {
        Checkpoint checkpoint = Checkpoint.open(path("gguf/small.gguf"));
        TensorEntry quantized = checkpoint.stored().get("blk.0.q8");
        assertEquals(DType.U8, quantized.dtype());
        assertEquals(Shape.of(2, 68), quantized.shape());
        assertEquals(136, quantized.data().byteCount());
        assertEquals(List.of(), checkpoint.warnings());
        TensorEntry logical = checkpoint.tensors().get("blk.0.q8");
        assertEquals(DType.F32, logical.dtype());
        assertEquals(Shape.of(2, 64), logical.shape());
        assertEquals("Q8_0", logical.encoding().orElseThrow().scheme());
        String message = checkpoint.path() + ": `blk.0.q8` is quantized as Q8_0, in blocks that only a GGUF file"
                + " holds; write a GGUF file, or convert with a dtype first, as `graft convert IN OUT --dtype BF16` does";
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
        // 3 as the other byte order has it
        start(3 << 24, 0, 0);
        assertRefused(
                Reason.UNSUPPORTED,
                "a GGUF file of version 50331648 or of big-endian byte order, which Graft does not read" + ORIGINAL,
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

    @Test
    void valuesOfEveryTypeAreShown() throws IOException {
        start(2, 1, 12);
        pair("u8", 0).put((byte) 200);
        pair("i8", 1).put((byte) -1);
        pair("u16", 2).putShort((short) -1);
        pair("i16", 3).putShort((short) -2);
        pair("u32", 4).putInt(-1);
        pair("i32", 5).putInt(-3);
        pair("f32", 6).putFloat(1.5f);
        pair("yes", 7).put((byte) 1);
        pair("no", 7).put((byte) 0);
        pair("u64", 10).putLong(-1);
        pair("f64", 12).putDouble(0.1);
        pair("text", 8);
        text("two\nlines");
        tensor("w", 32, 0, 0, new long[] {2});
        assertEquals(
                "{u8=200, i8=-1, u16=65535, i16=-2, u32=4294967295, i32=-3, f32=1.5, yes=true, no=false,"
                        + " u64=18446744073709551615, f64=0.1, text=two\\u000alines}",
                Checkpoint.open(write()).metadata().toString());
    }

    @Test
    void listsAreCountedAndWhatFollowsThemIsRead() throws IOException {
        start(3, 1, 4);
        pair("numbers", 9).putInt(3).putLong(3).put(new byte[6]);
        pair("none", 9).putInt(12).putLong(0);
        pair("texts", 9).putInt(8).putLong(2);
        text("a");
        text("");
        pair("last", 0).put((byte) 7);
        tensor("w", 32, 0, 0, new long[] {2});
        Checkpoint checkpoint = Checkpoint.open(write());
        assertEquals(
                "{numbers=a list of 3, none=a list of 0, texts=a list of 2, last=7}",
                checkpoint.metadata().toString());
        assertEquals(List.of("w"), List.copyOf(checkpoint.tensors().keySet()));
    }

    @Test
    void listsThatCannotBeAreRefused() throws IOException {
        for (int items : new int[] {3, 8}) {
            start(3, 0, 1);
            pair("k", 9).putInt(items).putLong(-1);
            assertRefused(Reason.MALFORMED, "'k' is a list that the format lacks" + DAMAGED, write());
            start(3, 0, 1);
            pair("k", 9).putInt(items).putLong(2).put((byte) 0).put(new byte[2]);
            assertRefused(
                    Reason.MALFORMED,
                    "cut off: the file of " + file.position() + " bytes ends inside its header" + DAMAGED,
                    write());
        }
        start(3, 0, 1);
        pair("k", 9).putInt(13).putLong(1);
        assertRefused(Reason.MALFORMED, "'k' is a list that the format lacks" + DAMAGED, write());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 1 << 20})
    void dataBeginAtTheAlignmentThatTheHeaderTells(int alignment) throws IOException {
        start(3, 1, 1);
        pair("general.alignment", 4).putInt(alignment);
        tensor("w", alignment, 4, 0, new long[] {1});
        int dataStart = (headerEnd + alignment - 1) / alignment * alignment;
        assertEquals(
                dataStart + 4,
                Checkpoint.open(write()).tensors().get("w").range().offset());
    }

    @Test
    void noOtherAlignmentIsTaken() throws IOException {
        start(3, 0, 1);
        pair("general.alignment", 4).putInt((1 << 20) + 1);
        assertRefused(Reason.MALFORMED, "general.alignment is '1048577'" + DAMAGED, write());
        start(3, 0, 1);
        pair("general.alignment", 8);
        text("32a");
        assertRefused(Reason.MALFORMED, "general.alignment is '32a'" + DAMAGED, write());
    }

    @Test
    void aTensorHasOneNameAndItIsText() throws IOException {
        start(3, 2, 0);
        describe("w", 0, 0, new long[] {2});
        tensor("w", 32, 0, 0, new long[] {2});
        assertRefused(Reason.MALFORMED, "the header holds tensor 'w' twice" + DAMAGED, write());
        start(3, 1, 0);
        tensor("w\0", 32, 0, 0, new long[] {2});
        assertRefused(Reason.MALFORMED, "the name of tensor 'w\\u0000' contains a NUL character" + DAMAGED, write());
    }

    @Test
    void shapesAreOuterDimensionFirst() throws IOException {
        start(3, 2, 0);
        describe("scalar", 0, 0, new long[0]);
        tensor("w", 32, 4, 0, new long[] {3, 1});
        Checkpoint checkpoint = Checkpoint.open(write());
        assertEquals(Shape.SCALAR, checkpoint.tensors().get("scalar").shape());
        assertEquals(Shape.of(3, 1), checkpoint.tensors().get("w").shape());
        assertEquals(List.of(), checkpoint.warnings());
    }

    @Test
    void theLargestDimensionIsStillCounted() throws IOException {
        assertTensorRefused(
                Reason.MALFORMED,
                "cut off: tensor 'w' takes 1125899906842620 bytes from byte 0 of the data, which have 64" + DAMAGED,
                0,
                0,
                (1L << 48) - 1);
        assertTensorRefused(Reason.REFUSED, "tensor 'w' has a dimension of 2^48 or more" + HOSTILE, 0, 0, -1);
    }

    @Test
    void noPickleIsReadFromIt() {
        assertFalse(Checkpoint.isPickled(path("gguf/small.gguf"), getClass().getClassLoader()));
    }

    /** As many bytes as llama.cpp's {@code ggml_row_size} gives. */
    @ParameterizedTest
    @CsvSource({"2, 512, 288", "12, 512, 288", "14, 256, 210", "39, 64, 34", "30, 5, 10"})
    void aRowTakesTheBytesOfItsBlocks(int type, long elements, long bytes) throws IOException {
        start(3, 1, 0);
        tensor("w", 32, 0, type, new long[] {2, elements});
        ByteBuffer longer = ByteBuffer.allocate(file.position() + 1_000).put(file.flip());
        file = longer.position(longer.capacity());
        assertEquals(
                2 * bytes, Checkpoint.open(write()).tensors().get("w").range().length());
    }

    private void assertTensorRefused(Reason reason, String message, int type, long offset, long... dimensions)
            throws IOException {
        start(3, 1, 0);
        tensor("w", 32, offset, type, dimensions);
        assertRefused(reason, message, write());
    }

    private void start(int version, long tensors, long pairs) {
        file = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.putInt(version).putLong(tensors).putLong(pairs);
    }

    private ByteBuffer pair(String key, int type) {
        text(key);
        return file.putInt(type);
    }

    private void describe(String name, int type, long offset, long[] dimensions) {
        text(name);
        file.putInt(dimensions.length);
        for (int i = dimensions.length - 1; i >= 0; i--) {
            file.putLong(dimensions[i]);
        }
        file.putInt(type).putLong(offset);
    }

    /** The last tensor's description, and data. */
    private void tensor(String name, int alignment, long offset, int type, long[] dimensions) {
        describe(name, type, offset, dimensions);
        headerEnd = file.position();
        int dataStart = (headerEnd + alignment - 1) / alignment * alignment;
        file = ByteBuffer.allocate(dataStart + 64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(file.flip())
                .position(dataStart + 64);
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.putLong(bytes.length).put(bytes);
    }

    private Path write() throws IOException {
        return Files.write(folder.resolve("a.gguf"), Arrays.copyOf(file.array(), file.position()));
    }
}
