package io.graft.djl.array;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.graft.checkpoint.CheckpointFile;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes that pass between Java and the engine. */
class EngineMemoryTest {
    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "U8", "I8", "I32", "I64"})
    void everyBitOfEveryTypeArrives(DType dtype) throws IOException {
        assertRoundTrip(dtype, new Shape(5, 3), Slab.LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"24", "25", "1", "60"})
    void anArrayOfAnySizePassesInSlabs(int limit) throws IOException {
        assertRoundTrip(DType.F32, new Shape(5, 3), limit);
    }

    @Test
    void scalarsAndEmptyArraysPass() throws IOException {
        assertRoundTrip(DType.I64, new Shape(), Slab.LIMIT);
        assertRoundTrip(DType.F32, new Shape(0, 3), Slab.LIMIT);
    }

    @Test
    void truthValuesPass() throws IOException {
        NDArray array = manager.create(new boolean[] {false, false, false});
        new WeightWriter().write(array, TensorData.of(ByteBuffer.wrap(new byte[] {1, 0, 1})));
        assertArrayEquals(new boolean[] {true, false, true}, array.toBooleanArray());
    }

    @Test
    void stridedArraysAreReadAndWrittenInRowMajorOrder() throws IOException {
        NDArray array = manager.arange(6f).reshape(2, 3).transpose();
        assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5}, floats(new LiveTensorData(array, 8)));
        new WeightWriter(8).write(array, floats(10, 11, 12, 13, 14, 15));
        assertArrayEquals(new float[] {10, 11, 12, 13, 14, 15}, array.toFloatArray());
    }

    @Test
    void readingClosesWhatItOpens() throws IOException {
        NDArray strided = manager.arange(6f).reshape(2, 3).transpose();
        int before = manager.getManagedArrays().size();
        new LiveTensorData(strided).window(4, 8);
        assertEquals(before, manager.getManagedArrays().size());
    }

    @Test
    void aWindowOutlivesTheArray() throws IOException {
        NDArray array = manager.create(new float[] {1, 2});
        LiveTensorData data = new LiveTensorData(array);
        ByteBuffer window = data.window(4, 4);
        array.close();
        assertEquals(2f, window.getFloat());
        assertThrows(IllegalStateException.class, () -> data.window(0, 4));
    }

    @Test
    void aWindowMustLieInTheTensor() {
        LiveTensorData data = new LiveTensorData(manager.create(new float[] {1, 2}));
        assertThrows(IndexOutOfBoundsException.class, () -> data.window(4, 8));
    }

    @Test
    void tensorsOfAFileAreReadIntoTheArray(@TempDir Path folder) throws IOException {
        int elements = (2 << 20) / 4;
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(-1);
        while (bytes.hasRemaining()) {
            bytes.putFloat(bytes.position());
        }
        Path file = Files.write(folder.resolve("tensor"), bytes.array());
        NDArray array = manager.zeros(new Shape(elements));
        new WeightWriter().write(array, CheckpointFile.of(file).data(4, 4L * elements));
        assertEquals(4f, array.getFloat(0));
        assertEquals(4f * elements, array.getFloat(elements - 1));
        array.addi(1);
        assertEquals(5f, array.getFloat(0));
    }

    @Test
    void rowsInOrderAreOpenedWhereTheyLie() {
        NDArray array = manager.zeros(new Shape(5, 3));
        for (Slab slab : Slab.of(array.getShape(), 4, 24)) {
            try (ArraySlab open = ArraySlab.open(array, slab)) {
                assertFalse(open.isCopy());
                open.bytes().putFloat(0, (float) slab.from());
            }
        }
        assertArrayEquals(
                new float[] {0, 2, 4},
                array.get(":, 0").get(new NDIndex("0::2")).toFloatArray());
    }

    @Test
    void rowsThatLieApartAreCopied() {
        NDArray array = manager.zeros(new Shape(2, 3)).transpose();
        try (ArraySlab open =
                ArraySlab.open(array, Slab.of(array.getShape(), 4, Slab.LIMIT).get(0))) {
            assertTrue(open.isCopy());
            open.bytes().putFloat(0, 1);
            assertEquals(0f, array.getFloat(0, 0));
            open.store();
            assertEquals(1f, array.getFloat(0, 0));
        }
    }

    @Test
    void memoryThatMayBeSharedIsTold() {
        NDArray array = manager.zeros(new Shape(4, 2));
        List<Slab> halves = Slab.of(array.getShape(), 4, 16);
        Slab whole = Slab.of(array.getShape(), 4, 32).get(0);
        try (ArraySlab first = ArraySlab.open(array, halves.get(0));
                ArraySlab second = ArraySlab.open(array, halves.get(1));
                ArraySlab both = ArraySlab.open(array, whole);
                ArraySlab copy = ArraySlab.open(
                        array.get(":, 0"), Slab.of(new Shape(4), 4, 32).get(0))) {
            assertFalse(first.mayShareMemory(second));
            assertFalse(second.mayShareMemory(first));
            assertTrue(both.mayShareMemory(second));
            assertTrue(second.mayShareMemory(both));
            assertTrue(first.mayShareMemory(first));
            assertTrue(copy.mayShareMemory(first));
            assertTrue(first.mayShareMemory(copy));
        }
    }

    /** Why values are written in place: an array that takes another one's memory loses its gradient, and cannot get it back. */
    @Test
    void theEngineDropsTheGradientOfAnExchangedArray() {
        NDArray array = manager.create(new float[] {1, 2});
        array.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(array.mul(3).sum());
        }
        assertArrayEquals(new float[] {3, 3}, array.getGradient().toFloatArray());
        NDArray old = array.stopGradient();
        array.intern(manager.create(new float[] {5, 6}));
        array.intern(old);
        array.setRequiresGradient(true);
        assertArrayEquals(new float[] {1, 2}, array.toFloatArray());
        assertArrayEquals(new float[] {0, 0}, array.getGradient().toFloatArray());
    }

    @Test
    void aRowThatJavaCannotAddressIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Slab.of(new Shape(1, 1L << 30), 4, Slab.LIMIT));
        assertEquals(
                "a row of (1, 1073741824) has 4294967296 bytes, and DJL moves 2 GiB at most", refused.getMessage());
    }

    @Test
    void typesThatWouldEndTheJvmAreKnown() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> DataTypes.of(DataType.BFLOAT16));
        assertEquals("DJL cannot hold arrays of type bfloat16", refused.getMessage());
        assertEquals(DType.F32, DataTypes.engineSafe(DType.BF16).orElseThrow());
        assertEquals(DType.I64, DataTypes.engineSafe(DType.U32).orElseThrow());
        assertEquals(true, DataTypes.engineSafe(DType.U64).isEmpty());
    }

    @Test
    void complexArraysAreReadAndNotWritten() {
        NDArray complex = manager.create(new float[] {1, 2}).fft(2);
        assertEquals(16, new LiveTensorData(complex).byteCount());
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> new WeightWriter().write(complex, floats(1, 2, 3, 4)));
        assertEquals("DJL cannot write C64 arrays", refused.getMessage());
    }

    private void assertRoundTrip(DType dtype, Shape shape, int slabLimit) throws IOException {
        byte[] bits = new byte[(int) shape.size() * dtype.bits() / 8];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (i * 37 + 11);
        }
        NDArray array = manager.zeros(shape, DataTypes.writable(dtype).orElseThrow());
        new WeightWriter(slabLimit).write(array, TensorData.of(ByteBuffer.wrap(bits)));
        LiveTensorData live = new LiveTensorData(array, slabLimit);
        assertEquals(ByteBuffer.wrap(bits), live.window(0, bits.length));
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        live.transferTo(Channels.newChannel(copy));
        assertArrayEquals(bits, copy.toByteArray());
    }

    private static TensorData floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return TensorData.of(bytes);
    }

    private static float[] floats(TensorData data) throws IOException {
        float[] values = new float[(int) data.byteCount() / 4];
        data.window(0, (int) data.byteCount()).asFloatBuffer().get(values);
        return values;
    }
}
