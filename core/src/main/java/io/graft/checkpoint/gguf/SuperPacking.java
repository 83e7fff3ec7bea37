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

    static boolean q4(float[] from, int at, byte[] to, int out) {
        float[] scales = new float[GROUPS];
        float[] offsets = new float[GROUPS];
        float largestScale = 0;
        float largestOffset = 0;
        for (int group = 0; group < GROUPS; group++) {
            GroupFit fit = GroupFit.of(from, at + GROUP * group);
            scales[group] = (float) fit.scale();
            offsets[group] = (float) -fit.least();
            largestScale = Math.max(largestScale, scales[group]);
            largestOffset = Math.max(largestOffset, offsets[group]);
        }
        float scale = largestScale / LARGEST_SCALE;
        float offset = largestOffset / LARGEST_SCALE;
        boolean scaleFits = SmallPacking.putHalf(scale, to, out);
        boolean offsetFits = SmallPacking.putHalf(offset, to, out + 2);
        // What a reader finds, so that codes are the nearest to what it will give.
        float readScale = Float16.toFloat(Float16.fromFloat(scale));
        float readOffset = Float16.toFloat(Float16.fromFloat(offset));
        for (int i = 4; i < 16; i++) {
            to[out + i] = 0;
        }
        for (int group = 0; group < GROUPS; group++) {
            int s = six(scales[group], scale);
            int m = six(offsets[group], offset);
            putSix(group, s, m, to, out + 4);
            putCodes(from, at, group, readScale * s, readOffset * m, to, out + 16);
        }
        return scaleFits && offsetFits;
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
