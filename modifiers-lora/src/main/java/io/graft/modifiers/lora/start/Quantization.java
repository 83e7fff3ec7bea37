package io.graft.modifiers.lora.start;

import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * How a weight is quantized.
 *
 * @param storage what holds it
 * @param held what that gives in the place of the weight
 */
public record Quantization(Parametrization storage, LazyTensor held) {
    /**
     * What it would give in the place of other values.
     *
     * @throws IllegalArgumentException if it cannot hold others; the message says why, as a sentence that goes on after the tensor's name
     */
    LazyTensor held(LazyTensor values) {
        Parametrization other = storage.requantized(values, OptionalDouble.empty());
        return ExpressionTensors.evaluate(
                other.form(new Expression.Below(values.shape(), values.dtype())).value(),
                "quantized again",
                Optional.empty(),
                other.owned().stream().collect(Collectors.toMap(OwnedTensor::slot, OwnedTensor::initial)));
    }
}
