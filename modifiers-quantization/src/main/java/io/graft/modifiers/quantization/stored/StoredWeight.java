package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Loss;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.modifiers.quantization.scheme.AddedValues;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A weight that is held as a layout has it.
 *
 * @param quantized what is lost with it
 * @param stored the stored tensors, by their names after the module
 * @param held what they stand for
 * @param said what {@code config.json} has to say; empty if nothing has to be said
 * @param update what was added to what it held before; empty if it holds nothing else
 * @param recipe by which other values become such tensors
 */
record StoredWeight(
        QuantizedWeight quantized,
        Map<String, LazyTensor> stored,
        Form held,
        Optional<StorageConfiguration> said,
        Optional<AddedValues> update,
        Recipe recipe)
        implements Parametrization {
    /** Of a weight that was in no codes before. */
    StoredWeight(
            QuantizedWeight quantized,
            Map<String, LazyTensor> stored,
            Form held,
            Optional<StorageConfiguration> said,
            Recipe recipe) {
        this(quantized, stored, held, said, Optional.empty(), recipe);
    }

    /** A stored tensor in what a weight is computed from. */
    static Expression leaf(Map<String, LazyTensor> stored, String slot) {
        LazyTensor tensor = stored.get(slot);
        return new Expression.Owned(slot, tensor.shape(), tensor.dtype());
    }

    @Override
    public String id() {
        return quantized.scheme().id();
    }

    @Override
    public String description() {
        return quantized.scheme().description();
    }

    @Override
    public Role role() {
        return Role.STORAGE;
    }

    @Override
    public List<OwnedTensor> owned() {
        return stored.entrySet().stream()
                .map(part -> OwnedTensor.buffer(part.getKey(), part.getValue()))
                .toList();
    }

    @Override
    public Form form(Expression.Below below) {
        return held;
    }

    @Override
    public Optional<Loss> loss() {
        return Optional.of(
                update.<Loss>map(added -> new UpdateLoss(quantized, added)).orElse(quantized));
    }

    @Override
    public Parametrization requantized(LazyTensor values, OptionalDouble allowed) {
        LazyTensor now = ExpressionTensors.evaluate(held.value(), description(), Optional.empty(), stored);
        return new Requantized(quantized.name(), quantized.result(), stored, now, held, said, recipe)
                .with(values, allowed.orElse(quantized.allowed()));
    }

    @Override
    public Optional<StorageConfiguration> configuration() {
        return said;
    }
}
