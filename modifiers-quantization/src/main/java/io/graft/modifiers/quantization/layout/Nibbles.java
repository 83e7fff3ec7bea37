package io.graft.modifiers.quantization.layout;

import io.graft.tensor.expression.Expression;

/** The two alphabets of sixteen numbers that bitsandbytes has. */
enum Nibbles {
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

    private final float[] values;

    Nibbles(float... values) {
        this.values = values;
    }

    /** As keys and descriptions spell it. */
    String word() {
        return this == NF4 ? "nf4" : "fp4";
    }

    /** By code. */
    float[] numbers() {
        return values.clone();
    }

    Expression table() {
        return Codes.table(word() + " codes", values);
    }
}
