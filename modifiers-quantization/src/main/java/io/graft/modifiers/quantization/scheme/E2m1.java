package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;

/** 4-bit floating-point numbers with two bits of exponent and one of mantissa. */
final class E2m1 {
    /** The exponent of the largest number, 6. */
    static final int LARGEST_EXPONENT = 2;

    /** The largest number. */
    static final float LARGEST = 6;

    private static final int SIGN = 8;
    private static final float[] MAGNITUDES = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};

    private E2m1() {}

    /** Gives the values of a piece their codes, each multiplied by the scale of its unit; all of a unit without one are zeros. */
    static void encode(Piece piece, DType result) {
        for (int i = 0; i < piece.count(); i++) {
            float scale = piece.scales()[i / piece.unit()];
            int code = scale == 0 ? 0 : code(piece.values()[i] / scale);
            piece.codes()[i] = (byte) code;
            piece.restored()[i] = Narrow.to(result, number(code) * scale);
        }
    }

    /** The sum of the squared steps over the values of a unit. */
    static double squaredSteps(Piece piece, int unit) {
        float scale = piece.scales()[unit];
        double sum = 0;
        for (int i = unit * piece.unit(); i < (unit + 1) * piece.unit(); i++) {
            double step = scale == 0 ? 0 : (double) step(piece.values()[i] / scale) * scale;
            sum += step * step;
        }
        return sum;
    }

    /** What a code stands for. */
    private static float number(int code) {
        float magnitude = MAGNITUDES[code & 7];
        return (code & SIGN) == 0 ? magnitude : -magnitude;
    }

    /** The code of the nearest number, of the even one from half way; of the largest for whatever is larger. */
    private static int code(float value) {
        float magnitude = Math.abs(value);
        int code = 0;
        while (code < MAGNITUDES.length - 1 && isBeyond(magnitude, code)) {
            code++;
        }
        return Float.floatToRawIntBits(value) < 0 ? code | SIGN : code;
    }

    private static boolean isBeyond(float magnitude, int code) {
        float middle = (MAGNITUDES[code] + MAGNITUDES[code + 1]) / 2;
        return magnitude > middle || (magnitude == middle && code % 2 == 1);
    }

    /** From the number that a code stands for to the next larger magnitude; from the largest as to it. */
    private static float step(float value) {
        int code = Math.min(code(value) & 7, MAGNITUDES.length - 2);
        return MAGNITUDES[code + 1] - MAGNITUDES[code];
    }
}
