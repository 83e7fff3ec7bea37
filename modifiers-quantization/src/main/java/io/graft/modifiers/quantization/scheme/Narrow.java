package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;

/** Numbers rounded to 16 bits, half to even, and kept in 32: without branches, which a loop over a weight has no time for. */
final class Narrow {
    /** Half way to what would come after the largest number of half precision. */
    static final float NO_HALF = 65520;

    private static final int EXPONENT = 0x7f800000;

    /** The exponent of the smallest normal number of half precision. */
    private static final int SMALLEST_EXPONENT = 0x38800000;

    private Narrow() {}

    /** Rounded to a floating-point dtype of 16 or 32 bits. */
    static float to(DType dtype, float value) {
        return switch (dtype) {
            case F16 -> half(value);
            case BF16 -> bfloat(value);
            default -> value;
        };
    }

    /** Whether a magnitude becomes a finite number. */
    static boolean holds(DType dtype, float magnitude) {
        return dtype == DType.F16 ? magnitude < NO_HALF : Float.isFinite(to(dtype, magnitude));
    }

    /** From one to the next number, which compressed-tensors has as the scale of zeros. */
    static float spacing(DType dtype) {
        return switch (dtype) {
            case F16 -> 0x1p-10f;
            case BF16 -> 0x1p-7f;
            default -> 0x1p-23f;
        };
    }

    /**
     * Rounded to half precision. What is added has so large an exponent that as many bits are lost as half precision has fewer, and no
     * fewer than below its smallest normal number.
     *
     * @param value of a magnitude that half precision has
     */
    static float half(float value) {
        float lost = Float.intBitsToFloat(lostHalf(Float.floatToRawIntBits(value)));
        return value + lost - lost;
    }

    /** Puts the bits of what {@link #half} adds and subtracts in place of those of values. */
    static void toLostHalves(int[] bits, int count) {
        for (int i = 0; i < count; i++) {
            bits[i] = lostHalf(bits[i]);
        }
    }

    /** The larger exponent without {@code Math.max}, for which the compiler has no vector instruction. */
    private static int lostHalf(int bits) {
        int above = (bits & EXPONENT) - SMALLEST_EXPONENT;
        return SMALLEST_EXPONENT + (above & ~(above >> 31)) + (13 << 23) | 0x00400000;
    }

    /** Rounded to bfloat16, which is the upper half of a number. */
    static float bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }
}
