package io.graft.checkpoint.gguf;

import io.graft.tensor.Float16;

/** Packs blocks of 32 elements with one scale, some with a least element beside it, as llama.cpp does, with its rounding. */
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
        scales[place] = SymmetricFit.extreme(from, at, SIZE) / -8;
        return isHalf(scales[place]);
    }

    static void q4x0(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putHalf(scales[place], to, out);
        putFour(from, at, 0, inverse(scales[place]), 8.5f, to, out + 2);
    }

    static boolean scaleQ5x0(float[] from, int at, float[] scales, int place) {
        scales[place] = SymmetricFit.extreme(from, at, SIZE) / -16;
        return isHalf(scales[place]);
    }

    static void q5x0(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putHalf(scales[place], to, out);
        putFive(from, at, 0, inverse(scales[place]), 16.5f, to, out + 2);
    }

    static boolean scaleQ4x1(float[] from, int at, float[] scales, int place) {
        return range(from, at, 15, scales, place);
    }

    static void q4x1(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putHalf(scales[place], to, out);
        putHalf(scales[place + 1], to, out + 2);
        putFour(from, at, scales[place + 1], inverse(scales[place]), 0.5f, to, out + 4);
    }

    static boolean scaleQ5x1(float[] from, int at, float[] scales, int place) {
        return range(from, at, 31, scales, place);
    }

    static void q5x1(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putHalf(scales[place], to, out);
        putHalf(scales[place + 1], to, out + 2);
        putFive(from, at, scales[place + 1], inverse(scales[place]), 0.5f, to, out + 4);
    }

    /** The scale of so many steps from the least element to the largest, and the least one. */
    private static boolean range(float[] from, int at, int steps, float[] scales, int place) {
        float least = from[at];
        float largest = from[at];
        for (int i = 1; i < SIZE; i++) {
            least = Math.min(least, from[at + i]);
            largest = Math.max(largest, from[at + i]);
        }
        scales[place] = (largest - least) / steps;
        scales[place + 1] = least;
        return isHalf(scales[place]) && isHalf(least);
    }

    private static void putFour(float[] from, int at, float least, float by, float plus, byte[] to, int out) {
        for (int i = 0; i < HALF; i++) {
            int low = code((from[at + i] - least) * by + plus, 15);
            int high = code((from[at + HALF + i] - least) * by + plus, 15);
            to[out + i] = (byte) (low | high << 4);
        }
    }

    /** The fifth bits lie in a word before the others. */
    private static void putFive(float[] from, int at, float least, float by, float plus, byte[] to, int out) {
        int fifths = 0;
        for (int i = 0; i < HALF; i++) {
            int low = code((from[at + i] - least) * by + plus, 31);
            int high = code((from[at + HALF + i] - least) * by + plus, 31);
            to[out + 4 + i] = (byte) ((low & 15) | (high & 15) << 4);
            fifths |= (low >> 4) << i | (high >> 4) << (HALF + i);
        }
        for (int i = 0; i < Integer.BYTES; i++) {
            to[out + i] = (byte) (fifths >> (i * Byte.SIZE));
        }
    }

    private static int code(float number, int most) {
        return Math.max(0, Math.min(most, (int) number));
    }

    /** Zero where the scale is, and where it is so small that its inverse is no number: it is zero in 16 bits. */
    static float inverse(float scale) {
        float inverse = 1 / scale;
        return Float.isInfinite(inverse) ? 0 : inverse;
    }

    /** Whether a number of 16 bits is one. */
    static boolean isHalf(float value) {
        return Float.isFinite(rounded(value));
    }

    /** What a reader finds of a number that is written in 16 bits. */
    static float rounded(float value) {
        return Float16.toFloat(Float16.fromFloat(value));
    }

    /** Writes a number of 16 bits. */
    static void putHalf(float value, byte[] to, int out) {
        short bits = Float16.fromFloat(value);
        to[out] = (byte) bits;
        to[out + 1] = (byte) (bits >> Byte.SIZE);
    }
}
