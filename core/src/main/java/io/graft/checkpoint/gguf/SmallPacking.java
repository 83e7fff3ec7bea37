package io.graft.checkpoint.gguf;

import io.graft.tensor.Float16;

/** Packs blocks with one scale, as llama.cpp does, with its rounding. */
final class SmallPacking {
    private static final int SIZE = 32;
    private static final int HALF = 16;

    private SmallPacking() {}

    static boolean scaleQ8x0(float[] from, int at, float[] scales, int place) {
        float largest = 0;
        for (int i = 0; i < SIZE; i++) {
            largest = Math.max(largest, Math.abs(from[at + i]));
        }
        scales[place] = largest / 127;
        return isHalf(scales[place]);
    }

    static void q8x0(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        float by = inverse(scales[place]);
        for (int i = 0; i < SIZE; i++) {
            // Half away from zero; the sum is exact in 64 bits.
            double product = Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, from[at + i] * by));
            to[out + 2 + i] = (byte) (product < 0 ? -(int) (0.5 - product) : (int) (product + 0.5));
        }
        putHalf(scales[place], to, out);
    }

    static boolean scaleQ4x0(float[] from, int at, float[] scales, int place) {
        float largest = 0;
        float extreme = from[at];
        for (int i = 0; i < SIZE; i++) {
            float magnitude = Math.abs(from[at + i]);
            if (magnitude > largest) {
                largest = magnitude;
                extreme = from[at + i];
            }
        }
        scales[place] = extreme / -8;
        return isHalf(scales[place]);
    }

    static void q4x0(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        float by = inverse(scales[place]);
        for (int i = 0; i < HALF; i++) {
            to[out + 2 + i] = (byte) (nibble(from[at + i] * by) | nibble(from[at + HALF + i] * by) << 4);
        }
        putHalf(scales[place], to, out);
    }

    private static int nibble(float product) {
        return Math.max(0, Math.min(15, (int) (product + 8.5f)));
    }

    /** Zero where the scale is, and where it is so small that its inverse is no number: it is zero in 16 bits. */
    private static float inverse(float scale) {
        float inverse = 1 / scale;
        return Float.isInfinite(inverse) ? 0 : inverse;
    }

    /** Whether a number of 16 bits is one. */
    static boolean isHalf(float value) {
        return Float.isFinite(Float16.toFloat(Float16.fromFloat(value)));
    }

    /** Writes a number of 16 bits. */
    static void putHalf(float value, byte[] to, int out) {
        short bits = Float16.fromFloat(value);
        to[out] = (byte) bits;
        to[out + 1] = (byte) (bits >> Byte.SIZE);
    }
}
