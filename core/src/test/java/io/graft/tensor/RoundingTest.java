package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Fixtures;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a rounding did to the values, measured while it is done. */
class RoundingTest {
    private static Rounding measured(TensorData values, DType from, DType to) throws IOException {
        Rounding rounding = new Rounding(true, false);
        DTypeConversion conversion = new DTypeConversion(values, from, to, rounding);
        assertEquals(OptionalDouble.empty(), rounding.maxRelativeError());
        Fixtures.bytes(conversion);
        return rounding;
    }

    static List<Arguments> largestErrors() {
        return List.of(
                error(DType.F32, DType.BF16, 0x0.01p0 / 0x1.01p0, 1, 0x1.01p0, 3),
                error(DType.F32, DType.F16, 0x1p-11 / (1 + 0x1p-11), 0, -1 - 0x1p-11),
                error(DType.F64, DType.F32, 0x1p-30 / (1 + 0x1p-30), 0, -1 - 0x1p-30),
                // A larger error of a smaller number, a smaller error of a larger number, hardly any difference.
                error(DType.F32, DType.BF16, 0x1p-9 / (1 + 0x1p-9), 1 + 0x1p-10, 0x1p-20 * (1 + 0x1p-9)),
                error(DType.F64, DType.F32, 0x1p-28 / (1 + 0x1p-28), 1 + 0x1p-30, 0x1p-20 * (1 + 0x1p-28)),
                error(DType.F32, DType.BF16, 0x1p-10 / (1 + 0x1p-10), 1 + 0x1p-10, 1000 + 0x1p-10),
                error(DType.F64, DType.F32, 0x1p-30 / (1 + 0x1p-30), 1 + 0x1p-30, 1000 + 0x1p-24),
                error(DType.F32, DType.BF16, 0x4001p-23 / (1 + 0x4001p-23), 1 + 0x4000p-23, 1 + 0x4001p-23),
                error(DType.I64, DType.F32, 1.0 / 16_777_217, 3, 16_777_217),
                error(DType.I32, DType.F32, 1.0 / 16_777_217, 16_777_217),
                error(DType.F32, DType.I32, 0.5 / 1.5, 2, 1.5),
                error(DType.F32, DType.F64, 0, 0.1f, Double.NaN),
                error(DType.I64, DType.I32, 0, 7));
    }

    private static Arguments error(DType from, DType to, double expected, double... values) {
        return Arguments.of(from, to, expected, values);
    }

    @ParameterizedTest
    @MethodSource("largestErrors")
    void theLargestRelativeErrorIsReported(DType from, DType to, double expected, double[] values) throws IOException {
        Rounding rounding = measured(Values.of(from, values), from, to);
        assertEquals(OptionalDouble.of(expected), rounding.maxRelativeError());
        assertFalse(rounding.isDoubtful());
    }

    @ParameterizedTest
    @CsvSource({"F32, F16", "F64, F32"})
    void itIsFoundInWhicheverBlockOfALargeTensor(DType from, DType to) throws IOException {
        double off = from == DType.F32 ? 0x1p-11 : 0x1p-30;
        for (int place : new int[] {0, 8_192, 19_999}) {
            TensorData values = Values.of(from, 20_000, i -> i == place ? 1 + off : 1);
            assertEquals(
                    OptionalDouble.of(off / (1 + off)),
                    measured(values, from, to).maxRelativeError());
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, F16, 1e10", "F64, F32, 1e39", "F64, BF16, 1e39", "I64, F16, 65520"})
    void overflowRaisesDoubtAndIsNoErrorOfOtherValues(DType from, DType to, double value) throws IOException {
        TensorData values = Values.of(from, value, 1, -1);
        Rounding rounding = measured(values, from, to);
        assertEquals(OptionalDouble.of(0), rounding.maxRelativeError());
        assertTrue(rounding.isDoubtful());
        assertEquals(new ValueCount(3, 0, 1), ValueCount.of(values, from, to));
    }

    @Test
    void doubtIsRaisedWhereThereIsAny() throws IOException {
        int elements = 3 << 17;
        TensorData values = Values.of(DType.F32, elements, i -> i == 5 ? Double.NaN : i == elements - 1 ? 1e10 : 1);
        Rounding rounding = new Rounding(false, true);
        Fixtures.bytes(new DTypeConversion(values, DType.F32, DType.F16, rounding));

        assertEquals(Map.of(0L, 1L << 17, 2L << 17, 3L << 17), rounding.doubtful());
        assertEquals(
                new ValueCount(elements - 1, 1, 1), ValueCount.of(values, DType.F32, DType.F16, rounding.doubtful()));
    }

    @Test
    void whatIsInDoubtTwiceIsCountedOnce() throws IOException {
        TensorData values = Values.of(DType.F32, 10, i -> i == 4 ? Double.NaN : 1e10);

        assertEquals(
                new ValueCount(9, 1, 6),
                ValueCount.of(values, DType.F32, DType.F16, new TreeMap<>(Map.of(2L, 6L, 3L, 5L, 4L, 8L, 9L, 10L))));
    }

    @ParameterizedTest
    @CsvSource({"F32", "F64"})
    void whatWasNoFiniteNumberRaisesNoDoubtUnlessItIsTraced(DType from) throws IOException {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (boolean traced : List.of(false, true)) {
                Rounding rounding = new Rounding(true, traced);
                TensorData values = Values.of(from, value, 1);
                Fixtures.bytes(new DTypeConversion(values, from, DType.F16, rounding));
                assertEquals(traced, rounding.isDoubtful());
                assertEquals(OptionalDouble.of(0), rounding.maxRelativeError());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, F16, 65519.99, false",
        "F32, F16, 65520, true",
        "F32, F16, -65520, true",
        "F32, F16, 60000, false",
        "F32, BF16, 0x1.fep127, false",
        "F32, BF16, 0x1.ffp127, true",
        "F32, BF16, -0x1.ffp127, true",
        "F32, F32, 0x1.fffffep127, false",
        "F64, F16, 65520, true",
        "F64, F16, -60000, false",
        "F64, BF16, -0x1.ffp127, true",
        "F64, F32, 3.4e38, false",
        "F64, F32, -3.5e38, true",
        "F64, F64, -0x1.fffffffffffffp1023, false",
        "I64, F16, 65520, true",
        "I64, F16, -65520, true",
        "I64, F16, 60000, false",
        "I32, F16, 65520, true",
        "I64, F32, -9223372036854775808, false"
    })
    void whatTheRoundingMakesInfiniteIsTraced(DType from, DType to, double value, boolean lost) throws IOException {
        Rounding rounding = new Rounding(false, true);
        TensorData values = Values.of(from, 1, value);
        Fixtures.bytes(new DTypeConversion(values, from, to, rounding));
        assertEquals(new ValueCount(2, 0, lost ? 1 : 0), ValueCount.of(values, from, to));
        assertTrue(rounding.isDoubtful() || !lost);
        assertFalse(rounding.isDoubtful() && Math.abs(value) <= harmless(to), "doubt without reason");
        assertEquals(OptionalDouble.empty(), rounding.maxRelativeError());
    }

    /** The very largest values may be doubted though they stay finite. */
    private static double harmless(DType to) {
        return switch (to) {
            case F16 -> 60_000;
            case BF16 -> 3.3e38;
            case F32 -> Float.MAX_VALUE;
            default -> Double.MAX_VALUE;
        };
    }

    @Test
    void valuesAreCountedInAllOfALargeTensor() throws IOException {
        int count = (1 << 17) + 8_192 + 5;
        TensorData values = Values.of(
                DType.F32, count, i -> i % 10 == 0 ? Double.NaN : i % 10 == 1 ? 1e10 : i % 10 == 2 ? 65_504 : i);
        int tenth = (count + 9) / 10;
        ValueCount counted = ValueCount.of(values, DType.F32, DType.F16);
        assertEquals(tenth, counted.notFinite());
        assertEquals(count - tenth, counted.finite());
        long large = 0;
        for (int i = 0; i < count; i++) {
            large += i % 10 == 1 || (i % 10 > 2 && i >= 65_520) ? 1 : 0;
        }
        assertEquals(large, counted.overflowing());
    }

    @ParameterizedTest
    @CsvSource({"3, 1, `a.w`: 1 of 3 finite values became infinite", "1, 1, `a.w`: 1 of 1 finite value became infinite"
    })
    void anOverflowIsToldInWords(long finite, long overflowing, String text) {
        assertEquals(text, new ValueCount(finite, 7, overflowing).overflow("a.w"));
    }
}
