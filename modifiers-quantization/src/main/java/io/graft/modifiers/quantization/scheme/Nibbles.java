package io.graft.modifiers.quantization.scheme;

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

    /** Buckets of the numbers from -1 to 1, so many that none has two bounds. */
    private static final int BUCKETS = 1 << 10;

    private static final int CODES = 16;

    private final float[] values;

    /** The codes in the order of their numbers. */
    private final byte[] order = new byte[CODES];

    /** Between neighbours in that order; the last one is never passed. */
    private final float[] bounds = new float[CODES];

    /** How many bounds lie below all numbers of a bucket. */
    private final byte[] below = new byte[BUCKETS + 1];

    Nibbles(float... values) {
        this.values = values;
        int[] sorted = IntStream.range(0, CODES)
                .boxed()
                .sorted(Comparator.comparing((Integer code) -> values[code] + 0f))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < CODES; i++) {
            order[i] = (byte) sorted[i];
            bounds[i] = i == CODES - 1 ? Float.POSITIVE_INFINITY : (values[sorted[i]] + values[sorted[i + 1]]) / 2;
        }
        for (int i = 0; i < CODES - 1; i++) {
            for (int bucket = bucket(bounds[i]) + 1; bucket <= BUCKETS; bucket++) {
                below[bucket]++;
            }
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
        return code(0);
    }

    /**
     * The code of a number from -1 to 1: that of the nearest one, of the lower one from half way between two. Between two codes for
     * zero, numbers above it get the second.
     */
    byte code(float number) {
        int rank = below[bucket(number)];
        return order[number > bounds[rank] ? rank + 1 : rank];
    }

    /** In the order of the numbers. */
    private static int bucket(float number) {
        return (int) ((number + 1) * (BUCKETS / 2));
    }
}
