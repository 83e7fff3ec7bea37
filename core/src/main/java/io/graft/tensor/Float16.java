package io.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
public final class Float16 {
    private static final int INFINITY = 0x7c00;
    private static final int NAN = 0x7e00;

    /** Scales a binary16 whose exponent bits stand in a float's: by 2 to the difference of the biases, 127 - 15. */
    private static final float BIAS_DIFFERENCE = 0x1p112f;

    /** Numbers that are rounded together. */
    private static final int TOGETHER = 1 << 10;

    private Float16() {}

    static void toFloats(short[] bits, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = toFloat(bits[i]);
        }
    }

    static void fromFloats(float[] values, short[] bits, int count) {
        int most = Math.min(count, TOGETHER);
        ByteBuffer bytes = ByteBuffer.allocate(most * Float.BYTES).order(ByteOrder.nativeOrder());
        int[] rounded = new int[most];
        int[] special = new int[most];
        for (int at = 0; at < count; at += most) {
            int next = Math.min(most, count - at);
            bytes.asFloatBuffer().put(values, at, next);
            bytes.asIntBuffer().get(rounded, 0, next);
            if (areNormal(rounded, special, next)) {
                for (int i = 0; i < next; i++) {
                    bits[at + i] = (short) rounded[i];
                }
            } else {
                for (int i = at; i < at + next; i++) {
                    bits[i] = fromFloat(values[i]);
                }
            }
        }
    }

    /**
     * Rounds numbers that are zero or become normal ones; with integers alone, for which the compiler has vector instructions.
     *
     * @param numbers bits of floats, which become those of binary16
     * @param special room
     * @return whether all were such numbers
     */
    private static boolean areNormal(int[] numbers, int[] special, int count) {
        for (int i = 0; i < count; i++) {
            int magnitude = numbers[i] & 0x7fffffff;
            int above = magnitude - 0x38800000; // 2^-14, the smallest normal number
            int normal = (magnitude + 0xfff + ((magnitude >>> 13) & 1) - (112 << 23)) >>> 13;
            // Negative for what is above zero and below the smallest, and for what becomes infinite.
            special[i] = (above & -magnitude) | (0x477fefff - magnitude);
            numbers[i] = ((numbers[i] >>> 16) & 0x8000) | (normal & ~(above >> 31));
        }
        int any = 0;
        for (int i = 0; i < count; i++) {
            any |= special[i];
        }
        return any >= 0;
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
        int magnitude = bits & 0x7fffffff;
        if (magnitude > 0x7f800000) {
            return (short) (sign | NAN);
        }
        if (magnitude >= 0x477ff000) { // 65520, from which on the nearest is infinity
            return (short) (sign | INFINITY);
        }
        if (magnitude < 0x38800000) { // 2^-14, the smallest normal number
            // The last place of 0.5 is 2^-24, that of subnormal numbers: the sum rounds as they must.
            float sum = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | (Float.floatToRawIntBits(sum) - Float.floatToRawIntBits(0.5f)));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >>> 13));
    }
}
