package io.graft.checkpoint.gguf;

/**
 * Packs elements by the levels of IQ4, with the scale that has the least error among some, each element weighted by its square. The
 * search of llama.cpp ({@code quantize_row_iq4_nl_impl}), in 32 bits and the order of the elements, so that it finds the same to the
 * bit.
 */
final class LevelPacking {
    private static final int GROUP = 32;
    private static final int GROUPS = 8;
    private static final float[] LEVELS = SmallBlocks.LEVELS;
    private static final int CANDIDATES = 7;

    private final float[] from;
    private final int at;
    private float products;
    private float squares;

    private LevelPacking(float[] from, int at) {
        this.from = from;
        this.at = at;
    }

    static boolean scaleNl(float[] from, int at, float[] scales, int place) {
        if (!SmallPacking.isHalf(SymmetricFit.extreme(from, at, GROUP) / 127)) {
            return false;
        }
        scales[place] = new LevelPacking(from, at).scale();
        return SmallPacking.isHalf(scales[place]);
    }

    static void nl(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out);
        put(from, at, scales[place], to, out + 2);
    }

    /** The scale of scales, then those of the groups, of which the largest gets the least code. */
    static boolean scaleXs(float[] from, int at, float[] scales, int place) {
        if (!SmallPacking.isHalf(SymmetricFit.extreme(from, at, GROUP * GROUPS) / (32 * 127))) {
            return false;
        }
        float[] fitted = new float[GROUPS];
        for (int group = 0; group < GROUPS; group++) {
            fitted[group] = new LevelPacking(from, at + GROUP * group).scale();
        }
        scales[place] = SymmetricFit.extreme(fitted, 0, GROUPS) / -32;
        float steps = SmallPacking.inverse(scales[place]);
        for (int group = 0; group < GROUPS; group++) {
            scales[place + 1 + group] = (int) Math.max(-32, Math.min(31, Math.rint(steps * fitted[group])));
        }
        return SmallPacking.isHalf(scales[place]);
    }

    static void xs(float[] from, int at, float[] scales, int place, byte[] to, int out) {
        SmallPacking.putHalf(scales[place], to, out);
        int highs = 0;
        for (int group = 0; group < GROUPS; group++) {
            int code = (int) scales[place + 1 + group] + 32;
            int before = group % 2 == 0 ? 0 : to[out + 4 + group / 2];
            to[out + 4 + group / 2] = (byte) (before | (code & 15) << (4 * (group % 2)));
            highs |= code >> 4 << (2 * group);
            put(from, at + GROUP * group, scales[place] * scales[place + 1 + group], to, out + 8 + 16 * group);
        }
        to[out + 2] = (byte) highs;
        to[out + 3] = (byte) (highs >> Byte.SIZE);
    }

    private float scale() {
        float extreme = SymmetricFit.extreme(from, at, GROUP);
        if (Math.abs(extreme) < SymmetricFit.LEAST) {
            return 0;
        }
        encode(1 / (-extreme / LEVELS[0]));
        float scale = squares > 0 ? products / squares : 0;
        float best = scale * products;
        for (int more = -CANDIDATES; more <= CANDIDATES; more++) {
            encode((more + LEVELS[0]) / extreme);
            if (squares > 0 && products * products > best * squares) {
                scale = products / squares;
                best = scale * products;
            }
        }
        return scale;
    }

    private void encode(float by) {
        products = 0;
        squares = 0;
        for (int i = at; i < at + GROUP; i++) {
            float level = LEVELS[nearest(by * from[i])];
            float weight = from[i] * from[i];
            products += weight * level * from[i];
            squares += weight * level * level;
        }
    }

    private static void put(float[] from, int at, float scale, byte[] to, int out) {
        float by = SmallPacking.inverse(scale);
        for (int i = 0; i < GROUP / 2; i++) {
            to[out + i] = (byte) (nearest(by * from[at + i]) | nearest(by * from[at + GROUP / 2 + i]) << 4);
        }
    }

    /** The code of the nearest level, the larger one of two that are as near. */
    private static int nearest(float number) {
        int below = 0;
        int above = LEVELS.length - 1;
        if (number <= LEVELS[below]) {
            return below;
        }
        if (number >= LEVELS[above]) {
            return above;
        }
        while (above - below > 1) {
            int middle = (below + above) / 2;
            if (number < LEVELS[middle]) {
                above = middle;
            } else {
                below = middle;
            }
        }
        return number - LEVELS[below] < LEVELS[above] - number ? below : above;
    }
}
