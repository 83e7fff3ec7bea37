package io.graft.checkpoint.gguf;

import io.graft.tensor.Float16;

/** Packs blocks with one scale, as llama.cpp does, with its rounding. */
final class SmallPacking {
    private static final int SIZE = 32;
    private static final int HALF = 16;

    private SmallPacking() {}

    static boolean q8x0(float[] from, int at, byte[] to, int out) {
        float largest = 0;
        for (int i = 0; i < SIZE; i++) {
            largest = Math.max(largest, Math.abs(from[at + i]));
        }
        float scale = largest / 127;
        float by = inverse(scale);
        for (int i = 0; i < SIZE; i++) {
            // Half away from zero; the sum is exact in 64 bits.
            double product = from[at + i] * by;
            to[out + 2 + i] = (byte) (product < 0 ? -(int) (0.5 - product) : (int) (product + 0.5));
        }
        return putHalf(scale, to, out);
    }

    static boolean q4x0(float[] from, int at, byte[] to, int out) {
        float largest = 0;
        float extreme = from[at];
        for (int i = 0; i < SIZE; i++) {
            float magnitude = Math.abs(from[at + i]);
            if (magnitude > largest) {
                largest = magnitude;
                extreme = from[at + i];
            }
        }
        float scale = extreme / -8;
        float by = inverse(scale);
        for (int i = 0; i < HALF; i++) {
            to[out + 2 + i] = (byte) (nibble(from[at + i] * by) | nibble(from[at + HALF + i] * by) << 4);
        }
        return putHalf(scale, to, out);
    }

    private static int nibble(float product) {
        return Math.min(15, (int) (product + 8.5f));
    }

    /** Zero where the scale is, and where it is so small that its inverse is no number: it is zero in 16 bits. */
    private static float inverse(float scale) {
        float inverse = 1 / scale;
        return Float.isInfinite(inverse) ? 0 : inverse;
    }

    /** Writes a number of 16 bits, and tells whether it is one. */
    static boolean putHalf(float value, byte[] to, int out) {
        short bits = Float16.fromFloat(value);
        to[out] = (byte) bits;
        to[out + 1] = (byte) (bits >> Byte.SIZE);
        return Float.isFinite(Float16.toFloat(bits));
    }
}
