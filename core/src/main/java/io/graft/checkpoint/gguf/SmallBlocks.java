package io.graft.checkpoint.gguf;

import io.graft.tensor.Float16;

/** Blocks of 32 to 128 elements with one scale, or one for 16 of them. Nibbles are those of the first half, then of the second. */
final class SmallBlocks {
    /** Levels of IQ4. */
    static final float[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** Twice the numbers of E2M1; code 8 is zero as code 0 is. */
    private static final float[] TWICE_E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private static final int HALF = 16;

    private SmallBlocks() {}

    static float half(byte[] from, int at) {
        return Float16.toFloat((short) ((from[at] & 0xff) | (from[at + 1] << Byte.SIZE)));
    }

    static int word(byte[] from, int at) {
        return (from[at] & 0xff) | ((from[at + 1] & 0xff) << 8) | ((from[at + 2] & 0xff) << 16) | (from[at + 3] << 24);
    }

    static void q4x0(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        for (int i = 0; i < HALF; i++) {
            int codes = from[at + 2 + i];
            to[out + i] = scale * ((codes & 15) - 8);
            to[out + HALF + i] = scale * (((codes >> 4) & 15) - 8);
        }
    }

    static void q4x1(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        float least = half(from, at + 2);
        for (int i = 0; i < HALF; i++) {
            int codes = from[at + 4 + i];
            to[out + i] = scale * (codes & 15) + least;
            to[out + HALF + i] = scale * ((codes >> 4) & 15) + least;
        }
    }

    static void q5x0(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        int high = word(from, at + 2);
        for (int i = 0; i < HALF; i++) {
            int codes = from[at + 6 + i];
            to[out + i] = scale * (((codes & 15) | (((high >>> i) & 1) << 4)) - 16);
            to[out + HALF + i] = scale * ((((codes >> 4) & 15) | (((high >>> (HALF + i)) & 1) << 4)) - 16);
        }
    }

    static void q5x1(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        float least = half(from, at + 2);
        int high = word(from, at + 4);
        for (int i = 0; i < HALF; i++) {
            int codes = from[at + 8 + i];
            to[out + i] = scale * ((codes & 15) | (((high >>> i) & 1) << 4)) + least;
            to[out + HALF + i] = scale * (((codes >> 4) & 15) | (((high >>> (HALF + i)) & 1) << 4)) + least;
        }
    }

    static void q8x0(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        for (int i = 0; i < 2 * HALF; i++) {
            to[out + i] = scale * from[at + 2 + i];
        }
    }

    static void iq4(byte[] from, int at, float[] to, int out) {
        levels(half(from, at), LEVELS, from, at + 2, HALF, to, out);
    }

    static void mxfp4(byte[] from, int at, float[] to, int out) {
        levels(Math.scalb(1f, (from[at] & 0xff) - 128), TWICE_E2M1, from, at + 1, HALF, to, out);
    }

    static void nvfp4(byte[] from, int at, float[] to, int out) {
        for (int group = 0; group < 4; group++) {
            int code = from[at + group] & 0x7f;
            float scale = code == 0x7f ? 0 : unsigned(code) / 2;
            levels(scale, TWICE_E2M1, from, at + 4 + 8 * group, 8, to, out + 16 * group);
        }
    }

    /** A number of E4M3 without its sign. */
    private static float unsigned(int code) {
        int exponent = code >> 3;
        int mantissa = code & 7;
        return exponent == 0 ? Math.scalb((float) mantissa, -9) : Math.scalb(8f + mantissa, exponent - 10);
    }

    static void q1(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        for (int i = 0; i < 128; i++) {
            to[out + i] = ((from[at + 2 + i / Byte.SIZE] >> (i % Byte.SIZE)) & 1) == 1 ? scale : -scale;
        }
    }

    /** Nibbles by a table: the low ones first. */
    static void levels(float scale, float[] table, byte[] from, int at, int bytes, float[] to, int out) {
        for (int i = 0; i < bytes; i++) {
            int codes = from[at + i];
            to[out + i] = scale * table[codes & 15];
            to[out + bytes + i] = scale * table[(codes >> 4) & 15];
        }
    }
}
