package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Integers of 64 bits as floating point, at and beside each halfway point, against whole-number arithmetic without limits. */
class IntegerRoundingTest {
    /** Bits of the significand, the hidden one among them. */
    private static int precision(DType dtype) {
        return switch (dtype) {
            case F64 -> 53;
            case F32 -> 24;
            case F16 -> 11;
            case BF16 -> 8;
            default -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void unsigned(DType to) throws IOException {
        assertRounds(DType.U64, to, halfways(64));
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void signed(DType to) throws IOException {
        Set<BigInteger> values = new LinkedHashSet<>();
        for (BigInteger value : halfways(63)) {
            values.add(value);
            values.add(value.negate());
        }
        values.add(BigInteger.valueOf(Long.MIN_VALUE));
        assertRounds(DType.I64, to, values);
    }

    /** Rounded to 32 bits first, as PyTorch does: the halfway point of F16 that this makes goes to the even neighbour. */
    @Test
    void sixteenBitsAreRoundedByWayOfThirtyTwo() throws IOException {
        long justAboveTheHalf = (1L << 63) + (1L << 55) + 1;
        assertEquals(0x1p63, converted(DType.U64, DType.BF16, justAboveTheHalf));
        long visibleInThirtyTwo = (1L << 63) + (1L << 55) + (1L << 40);
        assertEquals(0x1.02p63, converted(DType.U64, DType.BF16, visibleInThirtyTwo));
    }

    @Test
    void beyondTheLargestHalf() throws IOException {
        assertEquals(65504, converted(DType.U64, DType.F16, 65519));
        assertEquals(Double.POSITIVE_INFINITY, converted(DType.U64, DType.F16, 65520));
        assertEquals(Double.POSITIVE_INFINITY, converted(DType.U64, DType.F16, -1));
    }

    /** Numbers of every length with an even or odd end at every precision, followed by just below, exactly and just above a half. */
    private static Set<BigInteger> halfways(int longest) {
        Set<BigInteger> values = new LinkedHashSet<>();
        for (int precision : List.of(8, 11, 24, 53)) {
            for (int length = 1; length <= longest; length++) {
                int dropped = length - precision;
                for (long end : new long[] {0, 1}) {
                    BigInteger top = BigInteger.ONE.shiftLeft(length - 1);
                    BigInteger kept =
                            dropped < 0 ? top : top.add(BigInteger.valueOf(end).shiftLeft(dropped));
                    BigInteger allOnes = BigInteger.ONE.shiftLeft(length).subtract(BigInteger.ONE);
                    BigInteger half = dropped < 1 ? BigInteger.ZERO : BigInteger.ONE.shiftLeft(dropped - 1);
                    for (BigInteger base : List.of(kept, allOnes)) {
                        for (int beside = -1; beside <= 1; beside++) {
                            BigInteger value = base.add(half).add(BigInteger.valueOf(beside));
                            if (value.signum() >= 0 && value.bitLength() <= longest) {
                                values.add(value);
                            }
                        }
                    }
                }
            }
        }
        return values;
    }

    private static void assertRounds(DType from, DType to, Set<BigInteger> values) throws IOException {
        ByteBuffer input = ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(value -> input.putLong(value.longValue()));
        ByteBuffer output = new DTypeConversion(TensorData.of(input.flip()), from, to)
                .window(0, values.size() * to.bits() / Byte.SIZE);
        for (BigInteger value : values) {
            assertEquals(expected(value, to), Values.next(to, output), value + " as " + to);
        }
    }

    private static double expected(BigInteger value, DType to) {
        BigInteger rounded = round(value, precision(to == DType.F64 ? DType.F64 : DType.F32));
        if (to.bits() == 16) {
            rounded = round(rounded, precision(to));
        }
        boolean tooLarge = to == DType.F16 && rounded.abs().bitLength() > 16;
        return tooLarge ? value.signum() * Double.POSITIVE_INFINITY : new BigDecimal(rounded).doubleValue();
    }

    /** To so many bits, half to even. */
    private static BigInteger round(BigInteger value, int precision) {
        int dropped = value.abs().bitLength() - precision;
        if (dropped <= 0) {
            return value;
        }
        BigInteger[] parts = value.abs().divideAndRemainder(BigInteger.ONE.shiftLeft(dropped));
        int against = parts[1].compareTo(BigInteger.ONE.shiftLeft(dropped - 1));
        boolean up = against > 0 || (against == 0 && parts[0].testBit(0));
        BigInteger kept = up ? parts[0].add(BigInteger.ONE) : parts[0];
        return kept.shiftLeft(dropped).multiply(BigInteger.valueOf(value.signum()));
    }

    private static double converted(DType from, DType to, long value) throws IOException {
        ByteBuffer input =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        return Values.next(
                to, new DTypeConversion(TensorData.of(input.flip()), from, to).window(0, to.bits() / Byte.SIZE));
    }
}
