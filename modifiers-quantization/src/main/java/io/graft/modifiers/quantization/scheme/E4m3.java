package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.io.UncheckedIOException;

/** 8-bit floating-point numbers with four bits of exponent and three of mantissa, which have no infinity. */
final class E4m3 {
    /** The largest number. */
    static final float LARGEST = 448;

    private static final int SIGN = 0x80;

    private static final int MANTISSA = 3;

    /** From here on, numbers have a bit before the three of their mantissa. */
    private static final float NORMAL = 0x1p-6f;

    private static final float STEPS_BELOW = 0x1p9f;
    private static final float[] NUMBERS = numbers();

    private E4m3() {}

    /** What a code stands for. */
    static float number(byte code) {
        return NUMBERS[code & 0xff];
    }

    /** The code of the nearest number, of the even one from half way; of the largest for whatever is larger. */
    static byte code(float number) {
        int sign = (Float.floatToRawIntBits(number) >>> 24) & SIGN;
        float magnitude = Math.min(LARGEST, Math.abs(number));
        if (magnitude < NORMAL) {
            return (byte) (sign | (int) Math.rint(magnitude * STEPS_BELOW));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = (bits + 0x7ffff + ((bits >>> 20) & 1)) >>> 20;
        // The exponents of 32 bits are biased by 127, these by 7.
        return (byte) (sign | (rounded - (120 << 3)));
    }

    /** From the number nearest to one to the next larger magnitude. */
    static float step(float number) {
        float nearest = Math.abs(NUMBERS[code(number) & 0x7f]);
        return nearest < NORMAL ? 1 / STEPS_BELOW : Math.scalb(1f, Math.getExponent(nearest) - MANTISSA);
    }

    private static float[] numbers() {
        try {
            return LazyTensors.floats(LazyTensors.everyValue(DType.F8_E4M3));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
