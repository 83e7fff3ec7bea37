package io.graft.checkpoint.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
                        4, 2, 2, 2, 1.5 / 2.5, Optional.of(new FirstDifference(List.of(1L), "2.5", "1.0")), NONE, NONE),
                values(floats("t", 1, 2.5f, 0, 100), floats("t", 1, 1, -0f, 102)));
    }

    @Test
    void theFirstDifferenceHasAnIndexPerDimension() throws IOException {
        float[] here = new float[24];
        float[] there = new float[24];
        there[18] = 3;
        TensorEntry a = entry("t", DType.F32, Shape.of(2, 3, 4), floatBytes(here));
        TensorEntry b = entry("t", DType.F32, Shape.of(2, 3, 4), floatBytes(there));
        assertEquals(
                Optional.of(new FirstDifference(List.of(1L, 1L, 2L), "0.0", "3.0")),
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
                new ValueDiff(
                        2, 1, 1, 8, 8.0 / 7, Optional.of(new FirstDifference(List.of(1L), "-7", "1.0")), NONE, NONE),
                values(whole, floats("t", 1, 1)));
    }

    @Test
    void integersAreComparedToTheLastDigit() throws IOException {
        TensorEntry a = longs(DType.I64, 1L << 60, Long.MIN_VALUE);
        TensorEntry b = longs(DType.I64, (1L << 60) + 1, Long.MAX_VALUE);
        ValueDiff diff = values(a, b);
        assertEquals(0, diff.equal());
        assertEquals(0x1p64, diff.maxAbsolute());
        assertEquals(2, diff.maxRelative());
        assertEquals(
                Optional.of(new FirstDifference(List.of(0L), "1152921504606846976", "1152921504606846977")),
                diff.first());
    }

    @Test
    void unsignedIntegersHaveNoSign() throws IOException {
        ValueDiff diff = values(longs(DType.U64, -1, 5), longs(DType.U64, 1, 5));
        assertEquals(0x1p64, diff.maxAbsolute());
        assertEquals(1, diff.maxRelative());
        assertEquals(
                diff.maxAbsolute(),
                values(longs(DType.U64, 1), longs(DType.U64, -1)).maxAbsolute());
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
                        1,
                        5,
                        1,
                        Optional.of(new FirstDifference(List.of(1L), "0.0 + 0.0i", "3.0 + 4.0i")),
                        NONE,
                        NONE),
                values(a, b));
        assertEquals(Optional.empty(), diff(a, floats("t", 1, 2)).values());
    }

    @ParameterizedTest
    @CsvSource({"C32, 3.0 + 4.0i, 3.0 - 2.0i", "C64, 3.0 + 4.0i, 3.0 - 2.0i", "C128, 3.0 + 4.0i, 3.0 - 2.0i"})
    void complexNumbersOfEveryWidth(DType dtype, String a, String b) throws IOException {
        ValueDiff diff = values(complex(dtype, 0, 1, 3, 4), complex(dtype, 0, 1, 3, -2));
        assertEquals(1, diff.equal());
        assertEquals(6, diff.maxAbsolute());
        assertEquals(6 / 5.0, diff.maxRelative());
        assertEquals(Optional.of(new FirstDifference(List.of(1L), a, b.replace("- 2", "+ -2"))), diff.first());
    }

    @Test
    void complexNumbersWithAPartThatIsNotFiniteAreCountedOnce() throws IOException {
        double nan = Double.NaN;
        double infinity = Double.POSITIVE_INFINITY;
        TensorEntry special = complex(DType.C128, nan, 1, 1, nan, infinity, nan, infinity, 2, 2, -infinity, 3, 4);
        ValueDiff same = values(special, special);
        assertEquals(new ValueDiff(6, 6, 6, 0, 0, Optional.empty(), new Special(3, 2), new Special(3, 2)), same);
        ValueDiff other = values(special, complex(DType.C128, nan, 2, 1, nan, infinity, nan, 1, 2, 2, -infinity, 3, 4));
        assertEquals(4, other.equal());
        assertEquals(infinity, other.maxAbsolute());
        assertEquals(infinity, other.maxRelative());
        assertEquals(new Special(3, 1), other.specialB());
        assertEquals("NaN + 1.0i", other.first().orElseThrow().a());
    }

    @Test
    void numbersThatAreNotFiniteAreCountedWhereNothingDiffers() throws IOException {
        TensorEntry special = floats("t", Float.NaN, 1, Float.NEGATIVE_INFINITY, Float.NaN);
        assertEquals(
                new ValueDiff(4, 4, 4, 0, 0, Optional.empty(), new Special(2, 1), new Special(2, 1)),
                values(special, special));
    }

    @Test
    void elementsAreShownInThePrecisionOfTheirDtype() throws IOException {
        TensorEntry wide =
                entry("t", DType.F64, Shape.of(1), little(8).putDouble(0.1).flip());
        ValueDiff diff = values(wide, floats("t", 0.1f));
        assertEquals(Optional.of(new FirstDifference(List.of(0L), "0.1", "0.1")), diff.first());
        assertEquals((double) 0.1f - 0.1, diff.maxAbsolute());
    }

    /** Booleans and integers of any width are compared as whole numbers; only U64 may be beyond the others. */
    @Test
    void wholeNumbersOfAnyWidthAreComparedExactly() throws IOException {
        TensorEntry bytes = entry(
                "t",
                DType.U8,
                Shape.of(2),
                little(2).put((byte) 1).put((byte) 200).flip());
        TensorEntry truths = entry(
                "t",
                DType.BOOL,
                Shape.of(2),
                little(2).put((byte) 1).put((byte) 1).flip());
        assertEquals(
                new ValueDiff(
                        2,
                        1,
                        1,
                        199,
                        199 / 200.0,
                        Optional.of(new FirstDifference(List.of(1L), "200", "1")),
                        NONE,
                        NONE),
                values(bytes, truths));
        assertTrue(values(longs(DType.I64, 1, 200), bytes).isEqual());
        assertTrue(values(longs(DType.U64, 1, 200), bytes).isEqual());
    }

    @Test
    void onlyOneSideMakesADifferenceToo() throws IOException {
        Checkpoint one = checkpoint(floats("a", 1));
        Checkpoint two = checkpoint(floats("a", 1), floats("b", 1));
        assertFalse(CheckpointDiff.of(one, two).isEqual());
        assertFalse(CheckpointDiff.of(two, one).isEqual());
        assertFalse(CheckpointDiff.of(one, checkpoint(floats("a", 2))).isEqual());
    }

    @Test
    void emptyTensorsAreEqual() throws IOException {
        assertTrue(
                diff(entry("t", DType.F32, Shape.of(0, 3), bytes(0)), entry("t", DType.F32, Shape.of(0, 3), bytes(0)))
                        .isEqual());
    }

    /** More elements than are looked at at once, of several bytes each. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "C64", "I64"})
    void aDifferenceIsFoundWhereverItIs(DType dtype) throws IOException {
        int count = 70_000;
        for (int place : new int[] {0, 65_535, 65_536, 66_000, count - 1}) {
            ByteBuffer bytes = little(count * dtype.bits() / 8);
            TensorEntry a = entry("t", dtype, Shape.of(count), bytes);
            byte[] changed = new byte[bytes.capacity()];
            changed[place * dtype.bits() / 8] = 1;
            ValueDiff diff = values(a, entry("t", dtype, Shape.of(count), ByteBuffer.wrap(changed)));
            assertEquals(count - 1, diff.equal());
            assertEquals(List.of((long) place), diff.first().orElseThrow().index());
        }
    }

    @Test
    void onlyOneOfTwoPartsBeingNaNIsNoDistance() throws IOException {
        TensorEntry part = complex(DType.C64, Double.NaN, 1);
        TensorEntry whole = complex(DType.C64, 3, 1);
        assertEquals(Double.POSITIVE_INFINITY, values(part, whole).maxAbsolute());
        assertEquals(Double.POSITIVE_INFINITY, values(whole, part).maxAbsolute());
    }

    /** The formula of numpy and torch, in which b is the reference. */
    @ParameterizedTest
    @CsvSource({
        "1,    1.5,  0.5,  0,    true",
        "1,    1.5,  0.49, 0,    false",
        "10,   9,    0,    0.1,  false",
        "9,    10,   0,    0.1,  true",
        "-9,   -10,  0.5,  0.05, true",
        "NaN,  NaN,  0,    0,    true",
        "NaN,  1,    9,    9,    false",
        "1,    NaN,  9,    9,    false",
        "Infinity, Infinity,  0, 0, true",
        "Infinity, -Infinity, 9, 9, false",
        "1,    Infinity, 9,  9,  false"
    })
    void valuesMayBeApartByTheTolerance(float a, float b, double absolute, double relative, boolean same)
            throws IOException {
        CheckpointDiff diff = CheckpointComparison.of(checkpoint(floats("t", a, 3)), checkpoint(floats("t", b, 3)))
                .within(new Tolerance(absolute, relative))
                .run();
        assertEquals(same, diff.isEqual());
        assertEquals(same ? 2 : 1, diff.tensors().get(0).values().orElseThrow().within());
    }

    @Test
    void theFirstDifferenceIsOneThatIsNotTolerated() throws IOException {
        CheckpointDiff diff = CheckpointComparison.of(
                        checkpoint(floats("t", 1, 1, 1)), checkpoint(floats("t", 1, 1.25f, 2)))
                .within(new Tolerance(0.5, 0))
                .run();
        assertEquals(
                new ValueDiff(3, 1, 2, 1, 0.5, Optional.of(new FirstDifference(List.of(2L), "1.0", "2.0")), NONE, NONE),
                diff.tensors().get(0).values().orElseThrow());
    }

    @Test
    void whereSomethingIsToleratedTheDtypeOfNumbersWithAPointIsNone() throws IOException {
        Checkpoint wide = checkpoint(floats("t", 1, 2));
        Checkpoint narrow = checkpoint(entry("t", DType.BF16, Shape.of(2), shorts(0x3f80, 0x4000)));
        Checkpoint whole = checkpoint(
                entry("t", DType.I32, Shape.of(2), little(8).putInt(1).putInt(2).flip()));
        Tolerance some = new Tolerance(1e-3, 0);
        assertTrue(CheckpointComparison.of(wide, narrow).within(some).run().isEqual());
        assertFalse(CheckpointComparison.of(wide, whole).within(some).run().isEqual());
        assertFalse(CheckpointComparison.of(wide, narrow).run().isEqual());
    }

    @Test
    void whatDiffersMostComesFirst() throws IOException {
        CheckpointDiff diff = CheckpointDiff.of(
                checkpoint(floats("near", 1), floats("same", 1), floats("shape", 1), floats("far", 1)),
                checkpoint(floats("near", 2), floats("same", 1), floats("shape", 1, 2), floats("far", 9)));
        assertEquals(
                List.of("shape", "far", "near"),
                diff.differing().stream().map(TensorDiff::name).toList());
    }

    @Test
    void tensorsOfBMayGoByOtherNames() throws IOException {
        CheckpointDiff diff = CheckpointComparison.of(
                        checkpoint(floats("x", 1), floats("y", 2)), checkpoint(floats("m.x", 1), floats("m.z", 2)))
                .naming(name -> name.substring(2))
                .run();
        assertEquals(List.of("y"), diff.onlyInA());
        assertEquals(List.of("m.z"), diff.onlyInB());
        assertEquals("x", diff.tensors().get(0).name());
        assertEquals("m.x", diff.tensors().get(0).nameInB());
        assertTrue(diff.tensors().get(0).isEqual());
    }

    @Test
    void aPartIsComparedByEitherName() throws IOException {
        CheckpointComparison all = CheckpointComparison.of(
                        checkpoint(floats("x", 1), floats("y", 2), floats("only", 1)),
                        checkpoint(floats("m.x", 1), floats("m.y", 2), floats("m.new", 1)))
                .naming(name -> name.substring(2));
        CheckpointDiff ofA = all.only(List.of("x", "only")::contains).run();
        assertEquals(List.of("x"), ofA.tensors().stream().map(TensorDiff::name).toList());
        assertEquals(List.of("only"), ofA.onlyInA());
        assertEquals(List.of(), ofA.onlyInB());
        CheckpointDiff ofB = all.only(List.of("m.y", "m.new")::contains).run();
        assertEquals(List.of("y"), ofB.tensors().stream().map(TensorDiff::name).toList());
        assertEquals(List.of(), ofB.onlyInA());
        assertEquals(List.of("m.new"), ofB.onlyInB());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1e-6,1e-5,1 | `1e-6,1e-5,1` has more than two numbers
            small       | `small` is no number
            1e-6,       | `` is no number
            -1          | `-1.0` is no number from 0
            NaN         | `NaN` is no number from 0
            0,Infinity  | `Infinity` is no number from 0
            """)
    void aToleranceThatIsNone(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Tolerance.parse(text))
                        .getMessage());
    }

    @Test
    void aToleranceIsOneNumberOrTwo() {
        assertEquals(new Tolerance(1e-6, 0), Tolerance.parse("1e-6"));
        assertEquals(new Tolerance(1e-6, 1e-5), Tolerance.parse("1e-6, 1e-5"));
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

    /** Real and imaginary parts, in turn; small whole ones if they are halves. */
    private static TensorEntry complex(DType dtype, double... parts) {
        ByteBuffer bytes = little(parts.length * dtype.bits() / 16);
        for (double part : parts) {
            switch (dtype) {
                case C32 -> bytes.putShort(half(part));
                case C64 -> bytes.putFloat((float) part);
                default -> bytes.putDouble(part);
            }
        }
        return entry("t", dtype, Shape.of(parts.length / 2), bytes.flip());
    }

    private static short half(double value) {
        return (short) Map.of(0.0, 0, 1.0, 0x3c00, 3.0, 0x4200, 4.0, 0x4400, -2.0, 0xc000)
                .get(value)
                .intValue();
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
