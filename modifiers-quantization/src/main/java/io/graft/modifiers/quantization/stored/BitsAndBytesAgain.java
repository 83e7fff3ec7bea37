package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.scheme.AddedValues;
import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.modifiers.quantization.scheme.Int8Rows;
import io.graft.modifiers.quantization.scheme.KeptScales;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Other values in the keys of bitsandbytes, with the settings of those that are there; what describes codes stays as it is. */
final class BitsAndBytesAgain {
    private static final double STEP_OF_ROWS = 1.0 / 127;

    /** Sixteen numbers from -1 to 1. */
    private static final double STEP_OF_NIBBLES = 2.0 / 15;

    private BitsAndBytesAgain() {}

    /** int8 by rows. */
    static StoredWeight.Again rows(String last) {
        return (weight, held, values) -> {
            LazyTensor kept = weight.stored().get("SCB");
            AddedValues added = new AddedValues(held, values, kept, STEP_OF_ROWS);
            QuantizedWeight again = new QuantizedWeight(
                    weight.quantized().name(),
                    values,
                    new KeptScales(new Int8Rows(), added, scales -> scales),
                    DType.F32,
                    weight.quantized().allowed());
            Map<String, LazyTensor> stored = new LinkedHashMap<>(weight.stored());
            stored.put(last, again.codes(DType.I8, again.shape(), Packing.single()));
            stored.put("SCB", new Chosen(added, kept, Numbers.scales("largest magnitudes", again)));
            return again(weight, again, stored, added);
        };
    }

    /**
     * Four bits a value.
     *
     * @param scales of the blocks, in terms of stored tensors
     * @param offset what scales that are codes are away from
     */
    static StoredWeight.Again nibbles(String last, FourBits scheme, Expression scales, Optional<LazyTensor> offset) {
        return (weight, held, values) -> {
            Map<String, LazyTensor> parts = weight.stored();
            LazyTensor blocks = ExpressionTensors.evaluate(scales, "scales", Optional.empty(), parts);
            AddedValues added = new AddedValues(held, values, blocks, STEP_OF_NIBBLES);
            KeptScales keeping = new KeptScales(
                    scheme,
                    added,
                    fresh -> offset.map(mean -> coded(fresh, mean).restored()).orElse(fresh));
            QuantizedWeight again = new QuantizedWeight(
                    weight.quantized().name(),
                    values,
                    keeping,
                    weight.quantized().result(),
                    weight.quantized().allowed());
            Map<String, LazyTensor> stored = new LinkedHashMap<>(parts);
            stored.put(last, again.codes(DType.U8, parts.get(last).shape(), new HighFirst(scheme.alphabet())));
            choose(
                    stored,
                    added,
                    last + ".absmax",
                    again,
                    fresh -> offset.map(mean -> TensorData.of(
                                    ByteBuffer.wrap(coded(fresh, mean).codes())))
                            .orElseGet(() -> Numbers.bytes(fresh)));
            offset.ifPresent(mean -> choose(
                    stored,
                    added,
                    last + ".nested_absmax",
                    again,
                    fresh -> Numbers.bytes(coded(fresh, mean).scales())));
            return again(weight, again, stored, added);
        };
    }

    private static void choose(
            Map<String, LazyTensor> stored,
            AddedValues added,
            String slot,
            QuantizedWeight weight,
            QuantizedWeight.OfScales bytes) {
        LazyTensor kept = stored.get(slot);
        stored.put(
                slot,
                new Chosen(added, kept, weight.ofScales("largest magnitudes", kept.dtype(), kept.shape(), bytes)));
    }

    /** Scales in 8 bits, away from the number that the description says. */
    private static DoubleQuantization coded(float[] scales, LazyTensor offset) {
        try {
            return DoubleQuantization.of(scales, LazyTensors.floats(offset)[0]);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Parametrization again(
            StoredWeight before, QuantizedWeight weight, Map<String, LazyTensor> stored, AddedValues added) {
        return new StoredWeight(weight, stored, before.held(), before.said(), Optional.of(added), before.again());
    }
}
