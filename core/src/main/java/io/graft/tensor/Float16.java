package io.graft.tensor;

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
public final class Float16 {
    private static final int INFINITY = 0x7c00;
    private static final int NAN = 0x7e00;

    /** Scales a binary16 whose exponent bits stand in a float's: by 2 to the difference of the biases, 127 - 15. */
    private static final float BIAS_DIFFERENCE = 0x1p112f;

    private Float16() {}

    static void toFloats(short[] bits, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = toFloat(bits[i]);
        }
    }

    static void fromFloats(float[] values, short[] bits, int count) {
        for (int i = 0; i < count; i++) {
            bits[i] = fromFloat(values[i]);
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
    static short fromFloat(float value) {
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
