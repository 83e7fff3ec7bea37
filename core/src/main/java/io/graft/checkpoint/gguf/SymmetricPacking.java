package io.graft.checkpoint.gguf;

import java.util.Arrays;

/**
 * Packs blocks of 256 elements in groups of 16 whose scales are codes themselves, and whose codes are on both sides of zero, as
 * llama.cpp does. Codes that are multiplied by zero are stored as zero.
 */
final class SymmetricPacking {
    private static final int SIZE = 256;
    private static final int GROUPS = SIZE / SymmetricFit.SIZE;
    private static final int WIDE = 32;

    private SymmetricPacking() {}

    /** Finds the scale of a group. */
    @FunctionalInterface
    private interface Fitting {
        float scale(float[] from, int at);
    }

    /**
     * How scales are codes.
     *
     * @param middle the code of the elements that stands for zero
     * @param least the least code of scales, which the largest of them gets
     * @param most the largest code of scales
     * @param zero the magnitude below which all scales count as zeros
     * @param ofZeros the code that they get then
     */
    private record Kind(Fitting fitting, int middle, int least, int most, float zero, int ofZeros) {
        static final Kind Q3 = new Kind(SymmetricFit::ofCodes, 4, -32, 31, Float.MIN_VALUE, -32);
        static final Kind Q6 = new Kind(SymmetricFit::ofRanges, 32, -128, 127, SymmetricFit.LEAST, 0);

        /** The scale of scales, then those of the groups. */
        boolean scale(float[] from, int at, float[] scales, int place) {
            float largest = SymmetricFit.extreme(from, at, SIZE) / middle / least;
            if (!SmallPacking.isHalf(largest)) {
                // Beyond it, sums of 32 bits may hold no numbers.
                return false;
            }
            float[] fitted = new float[GROUPS];
            for (int group = 0; group < GROUPS; group++) {
                fitted[group] = fitting.scale(from, at + SymmetricFit.SIZE * group);
            }
            float extreme = SymmetricFit.extreme(fitted, 0, GROUPS);
            if (Math.abs(extreme) < zero) {
                Arrays.fill(scales, place + 1, place + 1 + GROUPS, ofZeros);
                scales[place] = 0;
                return true;
            }
            float steps = least / extreme;
            scales[place] = 1 / steps;
            for (int group = 0; group < GROUPS; group++) {
                scales[place + 1 + group] = (int) Math.max(least, Math.min(most, Math.rint(steps * fitted[group])));
            }
            return SmallPacking.isHalf(scales[place]);
        }

        /** The nearest to what a reader will find, from 0 on. */
        int[] codes(float[] from, int at, float[] scales, int place) {
            float read = SmallPacking.rounded(scales[place]);
            int[] codes = new int[SIZE];
            for (int i = 0; i < SIZE; i++) {
                float by = read * scales[place + 1 + i / SymmetricFit.SIZE];
                if (by != 0) {
                    codes[i] = middle + (int) Math.max(-middle, Math.min(middle - 1, Math.rint(from[at + i] / by)));
                }
            }
            return codes;
        }
    }

    static boolean scaleQ3(float[] from, int at, float[] scales, int place) {
        return Kind.Q3.scale(from, at, scales, place);
    }

    static boolean scaleQ6(float[] from, int at, float[] scales, int place) {
        return Kind.Q6.scale(from, at, scales, place);
    }

    static void q3(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out + 108);
        int[] codes = Kind.Q3.codes(from, at, scales, place);
        for (int i = 0; i < WIDE; i++) {
            int thirds = 0;
            for (int part = 0; part < 8; part++) {
                thirds |= codes[WIDE * part + i] >> 2 << part;
            }
            to[out + i] = (byte) thirds;
        }
        SuperPacking.putTwoBits(codes, to, out + 32);
        for (int i = 0; i < 8; i++) {
            int low = (int) scales[place + 1 + i] + 32;
            int high = (int) scales[place + 9 + i] + 32;
            to[out + 96 + i] = (byte) ((low & 15) | (high & 15) << 4);
        }
        for (int i = 0; i < 4; i++) {
            int together = 0;
            for (int part = 0; part < 4; part++) {
                together |= ((int) scales[place + 1 + 4 * part + i] + 32) >> 4 << (2 * part);
            }
            to[out + 104 + i] = (byte) together;
        }
    }

    static void q6(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out + 208);
        int[] codes = Kind.Q6.codes(from, at, scales, place);
        for (int i = 0; i < SIZE / 2; i++) {
            int first = i / 64 * 128 + i % 64;
            to[out + i] = (byte) ((codes[first] & 15) | (codes[first + 64] & 15) << 4);
        }
        int[] highs = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            highs[i] = codes[i] >> 4;
        }
        SuperPacking.putTwoBits(highs, to, out + 128);
        for (int group = 0; group < GROUPS; group++) {
            to[out + 192 + group] = (byte) (int) scales[place + 1 + group];
        }
    }
}
