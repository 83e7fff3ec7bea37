package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small stored tensors beside codes. */
final class Numbers {
    private Numbers() {}

    /** A table. */
    static LazyTensor of(String what, float... numbers) {
        return LazyTensors.generate(what, DType.F32, Shape.of(numbers.length), place -> numbers[(int) place]);
    }

    /** The scales of a weight. */
    static LazyTensor scales(String what, QuantizedWeight weight) {
        return weight.ofScales(what, DType.F32, Shape.of(weight.scaleCount()), Numbers::bytes);
    }

    /** Codes of the scales of a weight. */
    static LazyTensor codesOfScales(QuantizedWeight weight) {
        return weight.ofScales(
                "codes of largest magnitudes",
                DType.U8,
                Shape.of(weight.scaleCount()),
                all -> TensorData.of(ByteBuffer.wrap(DoubleQuantization.of(all).codes())));
    }

    /** The scales of these codes. */
    static LazyTensor scalesOfScales(QuantizedWeight weight) {
        return weight.ofScales(
                "scales of largest magnitudes",
                DType.F32,
                Shape.of(DoubleQuantization.blocks(weight.scaleCount())),
                all -> bytes(DoubleQuantization.of(all).scales()));
    }

    /** Numbers as bytes. */
    static TensorData bytes(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return TensorData.of(bytes);
    }

    /** Numbers as bytes of a dtype that has them. */
    static TensorData bytes(DType dtype, float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(dtype.byteCount(Shape.of(numbers.length))))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            switch (dtype) {
                case F16 -> bytes.putShort(Float16.fromFloat(number));
                case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(number) >>> Short.SIZE));
                case F8_E8M0, U8 -> bytes.put((byte) exponent(number));
                default -> bytes.putFloat(number);
            }
        }
        return TensorData.of(bytes.flip());
    }

    /** Of a power of two, with a bias of 127; that of the least one is 0, as is that of a number below normal ones. */
    private static int exponent(float power) {
        return Math.getExponent(power) + 127;
    }
}
