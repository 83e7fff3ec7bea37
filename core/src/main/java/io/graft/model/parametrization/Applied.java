package io.graft.model.parametrization;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A parametrization that stands on a tensor.
 *
 * @param adapter the adapter that it is part of; empty for a storage
 * @param weight how much of what it changes counts, below 0 too; an adapter with the weight 0 is not active
 * @param owned its tensors by slot, as the state dict has them
 */
public record Applied(String adapter, Parametrization parametrization, double weight, Map<String, Owned> owned) {
    public Applied {
        owned = Map.copyOf(owned);
    }

    /**
     * A tensor that it owns.
     *
     * @param name in the state dict
     * @param value of the state dict's entry
     */
    public record Owned(String name, LazyTensor value) {}

    /** The value of the tensor that it owns under a name of the state dict. */
    public Optional<LazyTensor> under(String name) {
        return owned.values().stream()
                .filter(tensor -> tensor.name().equals(name))
                .map(Owned::value)
                .findFirst();
    }

    /** Whether it changes anything. */
    public boolean isActive() {
        return weight != 0;
    }

    /** What the tensor is, with the weight of the adapter. */
    public Form form(Expression.Below below) {
        return parametrization.form(below).weighted(below, weight);
    }

    /** The value on top of the one below, to be computed when it is read. */
    public LazyTensor value(LazyTensor below) {
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        owned.forEach((slot, tensor) -> values.put(slot, tensor.value()));
        return ExpressionTensors.evaluate(
                form(new Expression.Below(below.shape(), below.dtype())).value(),
                parametrization.description() + (weight == 1 ? "" : ", weight " + weight),
                Optional.of(below),
                values);
    }

    /** The same with another weight of its adapter. */
    public Applied withWeight(double newWeight) {
        return new Applied(adapter, parametrization, newWeight, owned);
    }

    /** The same, where owned tensors have other names or values. */
    public Applied with(UnaryOperator<Owned> now) {
        Map<String, Owned> tensors = new LinkedHashMap<>();
        owned.forEach((slot, tensor) -> tensors.put(slot, now.apply(tensor)));
        return new Applied(adapter, parametrization, weight, tensors);
    }
}
