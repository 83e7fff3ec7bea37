package io.graft.checkpoint.gguf;

/**
 * Packs blocks of 256 elements in groups whose scales and offsets are codes themselves, as llama.cpp does. Codes that are multiplied by
 * zero are zero.
 */
final class SuperPacking {
    private static final int SIZE = 256;
    private static final int WIDE = 32;

    private SuperPacking() {}

    static boolean scaleQ2(float[] from, int at, float[] scales, int place) {
        return scale(GroupFit.Search.Q2, 15, from, at, scales, place);
    }

    static boolean scaleQ4(float[] from, int at, float[] scales, int place) {
        return scale(GroupFit.Search.Q4, 63, from, at, scales, place);
    }

    static boolean scaleQ5(float[] from, int at, float[] scales, int place) {
        return scale(GroupFit.Search.Q5, 63, from, at, scales, place);
    }

    /** The scale of scales and that of offsets, then the scales of the groups, then their offsets. */
    private static boolean scale(GroupFit.Search search, int most, float[] from, int at, float[] scales, int place) {
        int groups = SIZE / search.size();
        float largestScale = 0;
        float largestOffset = 0;
        float[] fitted = new float[2 * groups];
        for (int group = 0; group < groups; group++) {
            GroupFit fit = search.of(from, at + search.size() * group);
            fitted[group] = fit.scale();
            fitted[groups + group] = -fit.least();
            largestScale = Math.max(largestScale, fitted[group]);
            largestOffset = Math.max(largestOffset, fitted[groups + group]);
        }
        scales[place] = largestScale / most;
        scales[place + 1] = largestOffset / most;
        for (int i = 0; i < fitted.length; i++) {
            float largest = i < groups ? largestScale : largestOffset;
            double code = largest > 0 ? Math.rint(most / largest * fitted[i]) : 0;
            scales[place + 2 + i] = (int) Math.max(0, Math.min(most, code));
        }
        return SmallPacking.isHalf(scales[place]) && SmallPacking.isHalf(scales[place + 1]);
    }

    static void q2(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out + 80);
        SmallPacking.putHalf(scales[place + 1], to, out + 82);
        int[] codes = codes(GroupFit.Search.Q2, from, at, scales, place);
        for (int group = 0; group < 16; group++) {
            to[out + group] = (byte) ((int) scales[place + 2 + group] | (int) scales[place + 18 + group] << 4);
        }
        putTwoBits(codes, to, out + 16);
    }

    static void q4(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putScales(scales, place, to, out);
        putNibbles(codes(GroupFit.Search.Q4, from, at, scales, place), to, out + 16);
    }

    static void q5(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        putScales(scales, place, to, out);
        int[] codes = codes(GroupFit.Search.Q5, from, at, scales, place);
        for (int i = 0; i < WIDE; i++) {
            int fifths = 0;
            for (int group = 0; group < 8; group++) {
                fifths |= codes[WIDE * group + i] >> 4 << group;
            }
            to[out + 16 + i] = (byte) fifths;
        }
        putNibbles(codes, to, out + 48);
    }

    /** The nearest to what a reader will find. */
    private static int[] codes(GroupFit.Search search, float[] from, int at, float[] scales, int place) {
        int groups = SIZE / search.size();
        float readScale = SmallPacking.rounded(scales[place]);
        float readOffset = SmallPacking.rounded(scales[place + 1]);
        int[] codes = new int[SIZE];
        for (int i = 0; i < SIZE; i++) {
            int group = i / search.size();
            float by = readScale * scales[place + 2 + group];
            float minus = readOffset * scales[place + 2 + groups + group];
            double code = by == 0 ? 0 : Math.rint((from[at + i] + minus) / by);
            codes[i] = (int) Math.max(0, Math.min(search.largestCode(), code));
        }
        return codes;
    }

    /**
     * In twelve bytes after the two scales: the first four groups have the low six bits of a byte each; the high two of those bytes go on
     * with the others' low four.
     */
    private static void putScales(float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out);
        SmallPacking.putHalf(scales[place + 1], to, out + 2);
        for (int i = 0; i < 4; i++) {
            int scale = (int) scales[place + 2 + i];
            int offset = (int) scales[place + 10 + i];
            int laterScale = (int) scales[place + 6 + i];
            int laterOffset = (int) scales[place + 14 + i];
            to[out + 4 + i] = (byte) (scale | laterScale >> 4 << 6);
            to[out + 8 + i] = (byte) (offset | laterOffset >> 4 << 6);
            to[out + 12 + i] = (byte) ((laterScale & 15) | (laterOffset & 15) << 4);
        }
    }

    /** The low four bits: of 64 codes those of the first half, then those of the second, in the same bytes. */
    private static void putNibbles(int[] codes, byte[] to, int out) {
        for (int i = 0; i < SIZE / 2; i++) {
            int first = i / WIDE * 2 * WIDE + i % WIDE;
            to[out + i] = (byte) ((codes[first] & 15) | (codes[first + WIDE] & 15) << 4);
        }
    }

    /** The low two bits: of 128 codes those of each quarter, in the same bytes. */
    static void putTwoBits(int[] codes, byte[] to, int out) {
        for (int i = 0; i < SIZE / 4; i++) {
            int first = i / WIDE * 4 * WIDE + i % WIDE;
            int together = 0;
            for (int quarter = 0; quarter < 4; quarter++) {
                together |= (codes[first + WIDE * quarter] & 3) << (2 * quarter);
            }
            to[out + i] = (byte) together;
        }
    }
}
