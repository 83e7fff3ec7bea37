package io.graft.checkpoint.gguf;

import static io.graft.checkpoint.gguf.SmallBlocks.half;

/** Blocks of 256 elements, whose groups have scales of their own, which are codes themselves. */
final class SuperBlocks {
    private static final int GROUP = 32;

    private SuperBlocks() {}

    static void q2(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at + 80);
        float least = half(from, at + 82);
        for (int group = 0; group < 16; group++) {
            int codes = from[at + group];
            float by = scale * (codes & 15);
            float minus = least * ((codes >> 4) & 15);
            int bytes = at + 16 + GROUP * (group / 8) + 16 * (group % 2);
            int shift = 2 * (group % 8 / 2);
            for (int i = 0; i < 16; i++) {
                to[out + 16 * group + i] = by * ((from[bytes + i] >> shift) & 3) - minus;
            }
        }
    }

    static void q3(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at + 108);
        for (int group = 0; group < 16; group++) {
            int low = group < 8 ? from[at + 96 + group] & 15 : (from[at + 88 + group] >> 4) & 15;
            int high = (from[at + 104 + group % 4] >> (2 * (group / 4))) & 3;
            float by = scale * ((low | (high << 4)) - 32);
            int bytes = at + 32 + GROUP * (group / 8) + 16 * (group % 2);
            int mask = at + 16 * (group % 2);
            int shift = 2 * (group % 8 / 2);
            int bit = group / 2;
            for (int i = 0; i < 16; i++) {
                int code = ((from[bytes + i] >> shift) & 3) | (((from[mask + i] >> bit) & 1) << 2);
                to[out + 16 * group + i] = by * (code - 4);
            }
        }
    }

    /** The six bits of a scale, or of what is subtracted. */
    private static int six(byte[] from, int at, int group, boolean isScale) {
        if (group < 4) {
            return from[at + group + (isScale ? 0 : 4)] & 63;
        }
        int low = (from[at + 4 + group] >> (isScale ? 0 : 4)) & 15;
        return low | (((from[at + group - (isScale ? 4 : 0)] >> 6) & 3) << 4);
    }

    static void q4(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        float least = half(from, at + 2);
        for (int group = 0; group < 8; group++) {
            float by = scale * six(from, at + 4, group, true);
            float minus = least * six(from, at + 4, group, false);
            int bytes = at + 16 + GROUP * (group / 2);
            int shift = 4 * (group % 2);
            for (int i = 0; i < GROUP; i++) {
                to[out + GROUP * group + i] = by * ((from[bytes + i] >> shift) & 15) - minus;
            }
        }
    }

    static void q5(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        float least = half(from, at + 2);
        for (int group = 0; group < 8; group++) {
            float by = scale * six(from, at + 4, group, true);
            float minus = least * six(from, at + 4, group, false);
            int bytes = at + 48 + GROUP * (group / 2);
            int shift = 4 * (group % 2);
            for (int i = 0; i < GROUP; i++) {
                int code = ((from[bytes + i] >> shift) & 15) | (((from[at + 16 + i] >> group) & 1) << 4);
                to[out + GROUP * group + i] = by * code - minus;
            }
        }
    }

    static void q6(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at + 208);
        for (int group = 0; group < 16; group++) {
            float by = scale * from[at + 192 + group];
            int half = group / 8;
            int quarter = group % 8 / 2;
            int low = at + 64 * half + GROUP * (quarter % 2) + 16 * (group % 2);
            int high = at + 128 + GROUP * half + 16 * (group % 2);
            int lowShift = 4 * (quarter / 2);
            int highShift = 2 * quarter;
            for (int i = 0; i < 16; i++) {
                int code = ((from[low + i] >> lowShift) & 15) | (((from[high + i] >> highShift) & 3) << 4);
                to[out + 16 * group + i] = by * (code - 32);
            }
        }
    }

    static void q8(byte[] from, int at, float[] to, int out) {
        float scale = Float.intBitsToFloat(SmallBlocks.word(from, at));
        for (int i = 0; i < 256; i++) {
            to[out + i] = scale * from[at + 4 + i];
        }
    }

    static void iq4(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at);
        int highs = (from[at + 2] & 0xff) | ((from[at + 3] & 0xff) << 8);
        for (int group = 0; group < 8; group++) {
            int low = (from[at + 4 + group / 2] >> (4 * (group % 2))) & 15;
            int high = (highs >> (2 * group)) & 3;
            SmallBlocks.levels(
                    scale * ((low | (high << 4)) - 32),
                    SmallBlocks.LEVELS,
                    from,
                    at + 8 + 16 * group,
                    16,
                    to,
                    out + GROUP * group);
        }
    }

    /** Five digits of three values in a byte, which is the fraction that they are, rounded up. */
    static void ternary(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at + 52);
        digits(scale, from, at, 32, 5, to, out);
        digits(scale, from, at + 32, 16, 5, to, out + 160);
        digits(scale, from, at + 48, 4, 4, to, out + 240);
    }

    private static void digits(float scale, byte[] from, int at, int bytes, int count, float[] to, int out) {
        int power = 1;
        for (int digit = 0; digit < count; digit++) {
            for (int i = 0; i < bytes; i++) {
                int fraction = (from[at + i] * power) & 0xff;
                to[out + digit * bytes + i] = scale * (((fraction * 3) >> 8) - 1);
            }
            power *= 3;
        }
    }

    static void ternaryOfTwoBits(byte[] from, int at, float[] to, int out) {
        float scale = half(from, at + 64);
        for (int part = 0; part < 8; part++) {
            int bytes = at + GROUP * (part / 4);
            int shift = 2 * (part % 4);
            for (int i = 0; i < GROUP; i++) {
                to[out + GROUP * part + i] = scale * (((from[bytes + i] >> shift) & 3) - 1);
            }
        }
    }
}
