package io.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
public final class Float16 {
    private static final int INFINITY = 0x7c00;
    private static final int NAN = 0x7e00;

    /** Scales a binary16 whose exponent bits stand in a float's: by 2 to the difference of the biases, 127 - 15. */
    private static final float BIAS_DIFFERENCE = 0x1p112f;

    private static final int MAGNITUDE = 0x7fffffff;

    /** The bits of 65520, from which on the nearest is infinity. */
    private static final int OVERFLOWING = 0x477ff000;

    /** The bits of 2^-14, the smallest normal number. */
    private static final int SMALLEST = 0x38800000;

    /** The difference of the biases where a float has its exponent. */
    private static final int BIASES = 112 << 23;

    private static final float HALF = 0.5f;
    private static final int BITS_OF_HALF = 0x3f000000;

    /** Numbers that are rounded together. */
    private static final int TOGETHER = 1 << 10;

    private Float16() {}

    /** The numbers of all bits, which are looked up at less than a third of the time of {@link #toFloat}; 256 KiB. */
    private static final class Table {
        private static final float[] NUMBERS = new float[1 << Short.SIZE];

        static {
            for (int bits = 0; bits < NUMBERS.length; bits++) {
                NUMBERS[bits] = toFloat((short) bits);
            }
        }
    }

    static void toFloats(short[] bits, float[] values, int count) {
        float[] numbers = Table.NUMBERS;
        for (int i = 0; i < count; i++) {
            values[i] = numbers[bits[i] & 0xffff];
        }
    }

    static void fromFloats(float[] values, short[] bits, int count) {
        if (!new Halves(Math.min(count, TOGETHER)).round(values, bits, count)) {
            for (int i = 0; i < count; i++) {
                bits[i] = fromFloat(values[i]);
            }
        }
    }

    /**
     * Rounds numbers that become finite ones. In small loops over numbers or over their bits, which become vector instructions; one that
     * does more, or both, does not.
     */
    private static final class Halves {
        private final float[] sums;
        private final int[] exact;
        private final int[] rounded;
        private final int[] small;

        /** Negative where any number becomes none that is finite. */
        private final int[] special;

        private final FloatBuffer asNumbers;
        private final IntBuffer asBits;

        Halves(int most) {
            sums = new float[most];
            exact = new int[most];
            rounded = new int[most];
            small = new int[most];
            special = new int[most];
            ByteBuffer bytes = ByteBuffer.allocate(most * Float.BYTES).order(ByteOrder.nativeOrder());
            asNumbers = bytes.asFloatBuffer();
            asBits = bytes.asIntBuffer();
        }

        /** Whether all became finite numbers; else the bits are worth nothing. */
        boolean round(float[] values, short[] bits, int count) {
            for (int at = 0; at < count; at += sums.length) {
                int next = Math.min(sums.length, count - at);
                System.arraycopy(values, at, sums, 0, next);
                toBits(exact, next);
                addHalf(sums, next);
                toBits(small, next);
                roundNormal(exact, rounded, next);
                choose(exact, small, rounded, next);
                note(exact, special, next);
                for (int i = 0; i < next; i++) {
                    bits[at + i] = (short) rounded[i];
                }
            }
            int any = 0;
            for (int each : special) {
                any |= each;
            }
            return any >= 0;
        }

        private void toBits(int[] target, int count) {
            asNumbers.put(0, sums, 0, count);
            asBits.get(0, target, 0, count);
        }

        /** The last place of 0.5 is 2^-24, that of subnormal numbers: the sum rounds as they must. */
        private static void addHalf(float[] values, int count) {
            for (int i = 0; i < count; i++) {
                values[i] = Math.abs(values[i]) + HALF;
            }
        }

        private static void roundNormal(int[] exact, int[] rounded, int count) {
            for (int i = 0; i < count; i++) {
                int magnitude = exact[i] & MAGNITUDE;
                rounded[i] = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - BIASES) >>> 13;
            }
        }

        /** Takes for each number what it is rounded to as a normal or a subnormal one, with its sign. */
        private static void choose(int[] exact, int[] small, int[] rounded, int count) {
            for (int i = 0; i < count; i++) {
                int isSmall = ((exact[i] & MAGNITUDE) - SMALLEST) >> 31;
                rounded[i] =
                        ((exact[i] >>> 16) & 0x8000) | (rounded[i] & ~isSmall) | ((small[i] - BITS_OF_HALF) & isSmall);
            }
        }

        private static void note(int[] exact, int[] special, int count) {
            for (int i = 0; i < count; i++) {
                special[i] |= OVERFLOWING - 1 - (exact[i] & MAGNITUDE);
            }
        }
    }

    /** The number that the bits are. */
    public static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int magnitude = bits & 0x7fff;
        if (magnitude >= INFINITY) {
            return Float.intBitsToFloat(sign | 0x7f800000 | ((magnitude & 0x3ff) << 13));
        }
        // Exact, for subnormal numbers too: the product renormalises them.
        float value = Float.intBitsToFloat(magnitude << 13) * BIAS_DIFFERENCE;
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
    }

    /** Rounds to the nearest, ties to even. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & MAGNITUDE;
        if (magnitude > 0x7f800000) {
            return (short) (sign | NAN);
        }
        if (magnitude >= OVERFLOWING) {
            return (short) (sign | INFINITY);
        }
        if (magnitude < SMALLEST) {
            // The last place of 0.5 is 2^-24, that of subnormal numbers: the sum rounds as they must.
            float sum = Float.intBitsToFloat(magnitude) + HALF;
            return (short) (sign | (Float.floatToRawIntBits(sum) - BITS_OF_HALF));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - BIASES) >>> 13));
    }
}
