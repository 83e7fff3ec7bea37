package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
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
        long count = weight.scaleCount();
        long blocks = count / DoubleQuantization.BLOCK + (count % DoubleQuantization.BLOCK == 0 ? 0 : 1);
        return weight.ofScales(
                "scales of largest magnitudes",
                DType.F32,
                Shape.of(blocks),
                all -> bytes(DoubleQuantization.of(all).scales()));
    }

    /** Numbers as bytes. */
    static TensorData bytes(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return TensorData.of(bytes);
    }
}
