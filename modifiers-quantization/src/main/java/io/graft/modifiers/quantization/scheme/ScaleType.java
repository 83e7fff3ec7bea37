package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;

/** The numbers that scales of 8-bit floating-point numbers can be. */
public enum ScaleType {
    /** Those of the dtype that the result has; values and quotients are rounded to it, too, as compressed-tensors does. */
    RESULT(DType.F32),
    /** Of 32 bits. */
    F32(DType.F32),
    /** Of half precision. */
    F16(DType.F16),
    /** Of bfloat16. */
    BF16(DType.BF16),
    /** Powers of two, by their exponent in a byte. */
    POWERS(DType.F8_E8M0);

    private static final int LARGEST_EXPONENT = 127;

    private final DType dtype;

    ScaleType(DType dtype) {
        this.dtype = dtype;
    }

    /** What values and quotients are rounded to. */
    DType rounding(DType result) {
        return this == RESULT ? result : DType.F32;
    }

    /**
     * The scale for a largest magnitude; 0 if there is none above it.
     *
     * @param most the number that the largest code stands for
     */
    float of(float largest, float most, DType result) {
        return switch (this) {
            case RESULT -> Narrow.to(result, Narrow.to(result, largest) / most);
            case POWERS -> power(largest / most);
            default -> Narrow.to(dtype, largest / most);
        };
    }

    /** What stands for the scale of zeros, by which nothing could be divided. */
    float ofZeros(DType result) {
        return this == RESULT ? Narrow.spacing(result) : 1;
    }

    /** Whether a magnitude has a scale. */
    boolean holds(float largest, float most, DType result) {
        return switch (this) {
            case RESULT -> Narrow.holds(result, largest);
            default -> Narrow.holds(dtype == DType.F8_E8M0 ? DType.F32 : dtype, largest / most);
        };
    }

    /** The least power of two that is no smaller. */
    private static float power(float number) {
        if (number == 0) {
            return 0;
        }
        int exponent = Math.getExponent(number);
        int up = exponent < Float.MIN_EXPONENT || Math.scalb(1f, exponent) < number ? exponent + 1 : exponent;
        return Math.scalb(1f, Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, up)));
    }
}
