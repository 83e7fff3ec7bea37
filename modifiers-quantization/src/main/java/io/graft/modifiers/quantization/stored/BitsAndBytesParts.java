package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.modifiers.quantization.scheme.Int8Rows;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.stored.packing.HighFirst;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;

/** What a weight becomes in the keys of bitsandbytes where its codes are described already. */
final class BitsAndBytesParts {
    private BitsAndBytesParts() {}

    /**
     * int8 by rows.
     *
     * @param scales {@code SCB}
     */
    static Recipe rows(String last, Shape shape, Expression scales) {
        return new Recipe(
                new Int8Rows(),
                Map.of(last, weight -> weight.codes(DType.I8, shape, Packing.single())),
                Map.of("SCB", weight -> Numbers.scales("largest magnitudes", weight)),
                scales);
    }

    /**
     * Four bits a value.
     *
     * @param bytes the shape of the codes
     * @param scales of the blocks
     */
    static Recipe nibbles(String last, FourBits scheme, Shape bytes, Expression scales) {
        return new Recipe(
                scheme,
                codes(last, scheme, bytes),
                Map.of(last + ".absmax", weight -> Numbers.scales("largest magnitudes", weight)),
                scales);
    }

    /**
     * Four bits a value, and scales that are codes.
     *
     * @param bytes the shape of the codes
     * @param scales of the blocks
     * @param offset what these are away from, which the description of the codes says
     */
    static Recipe nibbles(String last, FourBits scheme, Shape bytes, Expression scales, LazyTensor offset) {
        return new Recipe(
                scheme,
                codes(last, scheme, bytes),
                Map.of(
                        last + ".absmax",
                        weight -> ofScales(
                                weight,
                                DType.U8,
                                weight.scaleCount(),
                                all -> TensorData.of(
                                        ByteBuffer.wrap(coded(all, offset).codes()))),
                        last + ".nested_absmax",
                        weight -> ofScales(
                                weight,
                                DType.F32,
                                DoubleQuantization.blocks(weight.scaleCount()),
                                all -> Numbers.bytes(coded(all, offset).scales()))),
                scales,
                all -> coded(all, offset).restored());
    }

    private static Map<String, Recipe.Making> codes(String last, FourBits scheme, Shape bytes) {
        return Map.of(last, weight -> weight.codes(DType.U8, bytes, new HighFirst(scheme.alphabet())));
    }

    private static LazyTensor ofScales(
            QuantizedWeight weight, DType dtype, long count, Function<float[], TensorData> bytes) {
        return weight.ofScales("largest magnitudes", dtype, Shape.of(count), bytes::apply);
    }

    /** Scales in 8 bits, away from the number that the description says. */
    private static DoubleQuantization coded(float[] scales, LazyTensor offset) {
        try {
            return DoubleQuantization.of(scales, LazyTensors.floats(offset)[0]);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
