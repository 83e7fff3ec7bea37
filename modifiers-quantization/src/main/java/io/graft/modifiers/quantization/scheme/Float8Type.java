package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.io.UncheckedIOException;

/** 8-bit floating-point numbers by how their bits are divided. */
public enum Float8Type {
    /** Four bits of exponent and three of mantissa; there is no infinity. */
    E4M3(DType.F8_E4M3, 3, 7, 448, .0264),
    /** Five bits of exponent and two of mantissa, as the upper half of half precision. */
    E5M2(DType.F8_E5M2, 2, 15, 57344, .0516);

    private static final int SIGN = 0x80;
    private static final int MANTISSA_OF_32_BITS = 23;
    private static final int BIAS_OF_32_BITS = 127;

    private final DType dtype;
    private final int mantissa;
    private final float largest;
    private final double expectedError;

    /** From here on, numbers have a bit before those of their mantissa. */
    private final float normal;

    private final float stepsBelow;
    private final int lost;
    private final int otherBias;
    private final float[] numbers;

    Float8Type(DType dtype, int mantissa, int bias, float largest, double expectedError) {
        this.dtype = dtype;
        this.mantissa = mantissa;
        this.largest = largest;
        this.expectedError = expectedError;
        this.normal = Math.scalb(1f, 1 - bias);
        this.stepsBelow = Math.scalb(1f, bias - 1 + mantissa);
        this.lost = MANTISSA_OF_32_BITS - mantissa;
        this.otherBias = (BIAS_OF_32_BITS - bias) << mantissa;
        this.numbers = numbers(dtype);
    }

    /** What tensors of such numbers are. */
    public DType dtype() {
        return dtype;
    }

    /** The largest number. */
    float largest() {
        return largest;
    }

    /** What weights lose that are normally distributed; it hangs on the mantissa alone. */
    double expectedError() {
        return expectedError;
    }

    /** What a code stands for. */
    float number(byte code) {
        return numbers[code & 0xff];
    }

    /** The code of the nearest number, of the even one from half way; of the largest for whatever is larger. */
    byte code(float number) {
        int sign = (Float.floatToRawIntBits(number) >>> 24) & SIGN;
        float magnitude = Math.min(largest, Math.abs(number));
        if (magnitude < normal) {
            return (byte) (sign | (int) Math.rint(magnitude * stepsBelow));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = (bits + (1 << (lost - 1)) - 1 + ((bits >>> lost) & 1)) >>> lost;
        return (byte) (sign | (rounded - otherBias));
    }

    /** From the number nearest to one to the next larger magnitude. */
    float step(float number) {
        float nearest = Math.abs(numbers[code(number) & 0x7f]);
        return nearest < normal ? 1 / stepsBelow : Math.scalb(1f, Math.getExponent(nearest) - mantissa);
    }

    private static float[] numbers(DType dtype) {
        try {
            return LazyTensors.floats(LazyTensors.everyValue(dtype));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
