package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The two alphabets of sixteen numbers that bitsandbytes has. */
public enum Nibbles {
    /** Quantiles of a normal distribution. */
    NF4(
            Float.intBitsToFloat(0xbf800000),
            Float.intBitsToFloat(0xbf3239b1),
            Float.intBitsToFloat(0xbf066b30),
            Float.intBitsToFloat(0xbeca32a0),
            Float.intBitsToFloat(0xbe91a24d),
            Float.intBitsToFloat(0xbe3d353f),
            Float.intBitsToFloat(0xbdba7871),
            Float.intBitsToFloat(0x00000000),
            Float.intBitsToFloat(0x3da2faff),
            Float.intBitsToFloat(0x3e24cae3),
            Float.intBitsToFloat(0x3e7c04dd),
            Float.intBitsToFloat(0x3ead033a),
            Float.intBitsToFloat(0x3ee1a4b8),
            Float.intBitsToFloat(0x3f1007ab),
            Float.intBitsToFloat(0x3f3913b3),
            Float.intBitsToFloat(0x3f800000)),

    /** Floating-point numbers of four bits over twelve; code 8 is zero as code 0 is. */
    FP4(
            0f,
            Float.intBitsToFloat(0x3baaaaab),
            Float.intBitsToFloat(0x3f2aaaab),
            1f,
            Float.intBitsToFloat(0x3eaaaaab),
            0.5f,
            Float.intBitsToFloat(0x3e2aaaab),
            0.25f,
            0f,
            Float.intBitsToFloat(0xbbaaaaab),
            Float.intBitsToFloat(0xbf2aaaab),
            -1f,
            Float.intBitsToFloat(0xbeaaaaab),
            -0.5f,
            Float.intBitsToFloat(0xbe2aaaab),
            -0.25f);

    private static final int CODES = 16;

    /** Bounds that numbers are compared with at once; a third of all. */
    private static final int TOGETHER = 5;

    private final float[] values;

    /** The codes in the order of their numbers. */
    private final byte[] order = new byte[CODES];

    /** Between neighbours in that order, as {@link #ordered} integers. */
    private final int[] bounds = new int[CODES - 1];

    Nibbles(float... values) {
        this.values = values;
        int[] sorted = IntStream.range(0, CODES)
                .boxed()
                .sorted(Comparator.comparing((Integer code) -> values[code] + 0f))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < CODES; i++) {
            order[i] = (byte) sorted[i];
        }
        for (int i = 0; i < CODES - 1; i++) {
            float bound = (values[sorted[i]] + values[sorted[i + 1]]) / 2;
            bounds[i] = ordered(Float.floatToRawIntBits(bound));
        }
    }

    /** As keys and descriptions spell it. */
    public String word() {
        return this == NF4 ? "nf4" : "fp4";
    }

    /** By code. */
    public float[] numbers() {
        return values.clone();
    }

    /** The code of zero. */
    public int zero() {
        int[] rank = new int[1];
        rank(new int[1], rank, 1);
        return order[rank[0]];
    }

    /** The code of a rank. */
    byte code(int rank) {
        return order[rank];
    }

    /** What a scale makes of the numbers, in their order and rounded. */
    float[] scaled(float scale, DType result) {
        float[] scaled = new float[CODES];
        for (int rank = 0; rank < CODES; rank++) {
            scaled[rank] = Narrow.to(result, values[order[rank]] * scale);
        }
        return scaled;
    }

    /**
     * Finds the ranks of numbers from about -1 to 1, places among the sixteen in their order: that of the nearest one, of the lower one from
     * half way between two. Of two zeros, numbers above it get the second.
     *
     * @param bits of the numbers; lost
     */
    void rank(int[] bits, int[] ranks, int count) {
        for (int i = 0; i < count; i++) {
            bits[i] = ordered(bits[i]);
            ranks[i] = 0;
        }
        // The compiler gives up on vector instructions for a loop that compares with all of them.
        for (int at = 0; at < bounds.length; at += TOGETHER) {
            pass(bits, ranks, count, bounds[at], bounds[at + 1], bounds[at + 2], bounds[at + 3], bounds[at + 4]);
        }
    }

    /** Adds how many of five bounds each number is above: the sign of a difference is -1 or 0. */
    private static void pass(int[] numbers, int[] ranks, int count, int a, int b, int c, int d, int e) {
        for (int i = 0; i < count; i++) {
            int number = numbers[i];
            ranks[i] -= ((a - number) >> 31)
                    + ((b - number) >> 31)
                    + ((c - number) >> 31)
                    + ((d - number) >> 31)
                    + ((e - number) >> 31);
        }
    }

    /** Bits of a number as an integer, so that larger numbers have larger ones. */
    private static int ordered(int bits) {
        return bits ^ (bits >> 31 & 0x7fffffff);
    }
}
