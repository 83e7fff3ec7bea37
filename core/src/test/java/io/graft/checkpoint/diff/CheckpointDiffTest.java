package io.graft.checkpoint.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.diff.ValueDiff.FirstDifference;
import io.graft.checkpoint.diff.ValueDiff.Special;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointDiffTest {
    private static final Special NONE = new Special(0, 0);

    @Test
    void namesAreComparedInTheOrderOfTheirFile() throws IOException {
        CheckpointDiff diff = CheckpointDiff.of(
                checkpoint(floats("z", 1), floats("both", 1), floats("a", 1)),
                checkpoint(floats("new", 1), floats("both", 1)));
        assertEquals(List.of("z", "a"), diff.onlyInA());
        assertEquals(List.of("new"), diff.onlyInB());
        assertEquals(
                List.of("both"), diff.tensors().stream().map(TensorDiff::name).toList());
        assertFalse(diff.isEqual());
        assertTrue(diff.tensors().get(0).isEqual());
    }

    @Test
    void theOrderOfTensorsIsNoDifference() throws IOException {
        assertTrue(CheckpointDiff.of(
                        checkpoint(floats("a", 1), floats("b", 2)), checkpoint(floats("b", 2), floats("a", 1)))
                .isEqual());
    }

    @Test
    void shapesThatDifferAreNotComparedFurther() throws IOException {
        TensorDiff diff = diff(floats("t", 1, 2), entry("t", DType.F32, Shape.of(2, 1), bytes(8)));
        assertEquals(Optional.empty(), diff.values());
        assertFalse(diff.isEqual());
    }

    @Test
    void valuesAreToldByTheirDistance() throws IOException {
        assertEquals(
                new ValueDiff(
                        4, 2, 2, 1.5 / 2.5, Optional.of(new FirstDifference(List.of(1L), "2.5", "1.0")), NONE, NONE),
                values(floats("t", 1, 2.5f, 0, 100), floats("t", 1, 1, -0f, 102)));
    }

    @Test
    void theFirstDifferenceHasAnIndexPerDimension() throws IOException {
        float[] here = new float[24];
        float[] there = new float[24];
        there[17] = 3;
        TensorEntry a = entry("t", DType.F32, Shape.of(2, 3, 4), floatBytes(here));
        TensorEntry b = entry("t", DType.F32, Shape.of(2, 3, 4), floatBytes(there));
        assertEquals(
                Optional.of(new FirstDifference(List.of(1L, 1L, 1L), "0.0", "3.0")),
                values(a, b).first());
        TensorEntry scalar = entry("t", DType.F32, Shape.SCALAR, floatBytes(1));
        assertEquals(
                Optional.of(new FirstDifference(List.of(), "1.0", "2.0")),
                values(scalar, entry("t", DType.F32, Shape.SCALAR, floatBytes(2)))
                        .first());
    }

    @Test
    void numbersThatAreNotFiniteAreCounted() throws IOException {
        float infinity = Float.POSITIVE_INFINITY;
        ValueDiff diff = values(
                floats("t", Float.NaN, infinity, infinity, Float.NaN, 1),
                floats("t", Float.NaN, infinity, -infinity, 1, infinity));
        assertEquals(
                new ValueDiff(
                        5,
                        2,
                        Double.POSITIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        Optional.of(new FirstDifference(List.of(2L), "Infinity", "-Infinity")),
                        new Special(2, 2),
                        new Special(1, 3)),
                diff);
    }

    @Test
    void anotherDtypeOfTheSameValuesIsADifferenceOfTheDtypeOnly() throws IOException {
        TensorDiff diff = diff(floats("t", 1, 2), entry("t", DType.BF16, Shape.of(2), shorts(0x3f80, 0x4000)));
        assertFalse(diff.isEqual());
        assertTrue(diff.values().orElseThrow().isEqual());
    }

    @Test
    void valuesOfDifferentDtypesAreConverted() throws IOException {
        TensorEntry whole = entry(
                "t", DType.I32, Shape.of(2), little(8).putInt(1).putInt(-7).flip());
        assertEquals(
                new ValueDiff(2, 1, 8, 8.0 / 7, Optional.of(new FirstDifference(List.of(1L), "-7", "1.0")), NONE, NONE),
                values(whole, floats("t", 1, 1)));
    }

    @Test
    void integersAreComparedToTheLastDigit() throws IOException {
        TensorEntry a = longs(DType.I64, 1L << 60, Long.MIN_VALUE);
        TensorEntry b = longs(DType.I64, (1L << 60) + 1, Long.MAX_VALUE);
        ValueDiff diff = values(a, b);
        assertEquals(0, diff.equal());
        assertEquals(0x1p64, diff.maxAbsolute());
        assertEquals(
                Optional.of(new FirstDifference(List.of(0L), "1152921504606846976", "1152921504606846977")),
                diff.first());
    }

    @Test
    void unsignedIntegersHaveNoSign() throws IOException {
        ValueDiff diff = values(longs(DType.U64, -1, 5), longs(DType.U64, 1, 5));
        assertEquals(0x1p64, diff.maxAbsolute());
        assertEquals("18446744073709551615", diff.first().orElseThrow().a());
        ValueDiff mixed = values(longs(DType.U64, -1, 5), longs(DType.I64, -1, 5));
        assertEquals(1, mixed.equal());
        assertEquals("18446744073709551616", mixed.first().orElseThrow().a());
    }

    @Test
    void complexNumbersAreComparedInThePlane() throws IOException {
        TensorEntry a = entry("t", DType.C64, Shape.of(2), floatBytes(1, 2, 0, 0));
        TensorEntry b = entry("t", DType.C64, Shape.of(2), floatBytes(1, 2, 3, 4));
        assertEquals(
                new ValueDiff(
                        2,
                        1,
                        5,
                        1,
                        Optional.of(new FirstDifference(List.of(1L), "0.0 + 0.0i", "3.0 + 4.0i")),
                        NONE,
                        NONE),
                values(a, b));
        assertEquals(Optional.empty(), diff(a, floats("t", 1, 2)).values());
    }

    @Test
    void emptyTensorsAreEqual() throws IOException {
        assertTrue(
                diff(entry("t", DType.F32, Shape.of(0, 3), bytes(0)), entry("t", DType.F32, Shape.of(0, 3), bytes(0)))
                        .isEqual());
    }

    /** A quarter of a gibibyte that is never in memory. */
    @Test
    void tensorsAreReadByWindows() throws IOException {
        Shape shape = Shape.of(1L << 28);
        TensorEntry zeros = new TensorEntry("t", DType.U8, shape, range(), new Repeated(0, -1));
        TensorEntry almost = new TensorEntry("t", DType.U8, shape, range(), new Repeated(0, (1 << 28) - 2));
        assertEquals(
                new ValueDiff(
                        1L << 28,
                        (1L << 28) - 1,
                        1,
                        1,
                        Optional.of(new FirstDifference(List.of((1L << 28) - 2), "0", "1")),
                        NONE,
                        NONE),
                values(zeros, almost));
    }

    private record Repeated(int value, long other) implements TensorData {
        @Override
        public long byteCount() {
            return 1L << 28;
        }

        @Override
        public ByteBuffer window(long offset, int length) {
            byte[] window = new byte[length];
            if (other >= offset && other < offset + length) {
                window[(int) (other - offset)] = (byte) (value + 1);
            }
            return ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }
    }

    private static TensorDiff diff(TensorEntry a, TensorEntry b) throws IOException {
        return CheckpointDiff.of(checkpoint(a), checkpoint(b)).tensors().get(0);
    }

    private static ValueDiff values(TensorEntry a, TensorEntry b) throws IOException {
        return diff(a, b).values().orElseThrow();
    }

    private static Checkpoint checkpoint(TensorEntry... entries) {
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        Arrays.stream(entries).forEach(entry -> tensors.put(entry.name(), entry));
        return new Checkpoint(Path.of("x"), "test", "state_dict", tensors, Map.of(), List.of());
    }

    private static TensorEntry floats(String name, float... values) {
        return entry(name, DType.F32, Shape.of(values.length), floatBytes(values));
    }

    private static TensorEntry longs(DType dtype, long... values) {
        ByteBuffer bytes = little(8 * values.length);
        Arrays.stream(values).forEach(bytes::putLong);
        return entry("t", dtype, Shape.of(values.length), bytes.flip());
    }

    private static TensorEntry entry(String name, DType dtype, Shape shape, ByteBuffer bytes) {
        return new TensorEntry(name, dtype, shape, range(), TensorData.of(bytes));
    }

    private static ByteRange range() {
        return new ByteRange(Path.of("x"), 0, 0);
    }

    private static ByteBuffer floatBytes(float... values) {
        ByteBuffer bytes = little(4 * values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }

    private static ByteBuffer shorts(int... values) {
        ByteBuffer bytes = little(2 * values.length);
        Arrays.stream(values).forEach(value -> bytes.putShort((short) value));
        return bytes.flip();
    }

    private static ByteBuffer bytes(int size) {
        return little(size);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
