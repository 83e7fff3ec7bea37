package io.graft.tensor;

/** The upper half of a 32-bit float. */
final class BFloat16 {
    private static final short NAN = 0x7fc0;

    private BFloat16() {}

    static void toFloats(short[] bits, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(bits[i] << 16);
        }
    }

    /** Rounds to the nearest, ties to even. */
    static void fromFloats(float[] values, short[] bits, int count) {
        for (int i = 0; i < count; i++) {
            int exact = Float.floatToRawIntBits(values[i]);
            short rounded = (short) ((exact + 0x7fff + ((exact >>> 16) & 1)) >>> 16);
            bits[i] = (exact & 0x7fffffff) > 0x7f800000 ? NAN : rounded;
        }
    }
}
