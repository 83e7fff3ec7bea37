package io.graft.checkpoint.gguf;

import io.graft.tensor.Float16;

/** Packs blocks of 256 elements in groups whose scales are codes themselves. Sums are of 64 bits, in the order of the elements. */
final class SuperPacking {
    private static final int SIZE = 256;
    private static final int GROUP = GroupFit.SIZE;
    private static final int GROUPS = SIZE / GROUP;
    private static final int LARGEST_CODE = GroupFit.LARGEST_CODE;
    private static final int LARGEST_SCALE = 63;

    private SuperPacking() {}

    /** The scale of scales and that of offsets, then the scales of the groups, then their offsets. */
    static boolean scaleQ4(float[] from, int at, float[] scales, int place) {
        float largestScale = 0;
        float largestOffset = 0;
        float[] fitted = new float[2 * GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            GroupFit fit = GroupFit.of(from, at + GROUP * group);
            fitted[group] = (float) fit.scale();
            fitted[GROUPS + group] = (float) -fit.least();
            largestScale = Math.max(largestScale, fitted[group]);
            largestOffset = Math.max(largestOffset, fitted[GROUPS + group]);
        }
        scales[place] = largestScale / LARGEST_SCALE;
        scales[place + 1] = largestOffset / LARGEST_SCALE;
        for (int i = 0; i < fitted.length; i++) {
            scales[place + 2 + i] = six(fitted[i], scales[place + i / GROUPS]);
        }
        return SmallPacking.isHalf(scales[place]) && SmallPacking.isHalf(scales[place + 1]);
    }

    static void q4(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out);
        SmallPacking.putHalf(scales[place + 1], to, out + 2);
        // What a reader finds, so that codes are the nearest to what it will give.
        float readScale = Float16.toFloat(Float16.fromFloat(scales[place]));
        float readOffset = Float16.toFloat(Float16.fromFloat(scales[place + 1]));
        for (int i = 4; i < 16; i++) {
            to[out + i] = 0;
        }
        for (int group = 0; group < GROUPS; group++) {
            int s = (int) scales[place + 2 + group];
            int m = (int) scales[place + 2 + GROUPS + group];
            putSix(group, s, m, to, out + 4);
            putCodes(from, at, group, readScale * s, readOffset * m, to, out + 16);
        }
    }

    private static int six(float value, float unit) {
        return unit == 0 ? 0 : (int) Math.min(LARGEST_SCALE, Math.rint((double) value / unit));
    }

    /** The first four groups have the low six bits of a byte each; the high two of those bytes go on with the others' low four. */
    private static void putSix(int group, int scale, int offset, byte[] to, int out) {
        if (group < 4) {
            to[out + group] |= (byte) scale;
            to[out + 4 + group] |= (byte) offset;
        } else {
            to[out + 4 + group] = (byte) ((scale & 15) | (offset & 15) << 4);
            to[out + group - 4] |= (byte) (scale >> 4 << 6);
            to[out + group] |= (byte) (offset >> 4 << 6);
        }
    }

    private static void putCodes(float[] from, int at, int group, float by, float minus, byte[] to, int out) {
        int bytes = out + GROUP * (group / 2);
        int shift = 4 * (group % 2);
        for (int i = 0; i < GROUP; i++) {
            double code = by == 0 ? 0 : Math.rint(((double) from[at + GROUP * group + i] + minus) / by);
            int cut = (int) Math.max(0, Math.min(LARGEST_CODE, code));
            to[bytes + i] = (byte) (shift == 0 ? cut : (to[bytes + i] & 15) | cut << 4);
        }
    }
}
