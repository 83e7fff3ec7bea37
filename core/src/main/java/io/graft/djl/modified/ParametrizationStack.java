package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.graft.djl.array.EngineCast;
import io.graft.djl.expression.ByteTables;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Role;
import io.graft.tensor.expression.Expression;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a live block and the parametrizations that stand on it, first applied first. The last ones that are of low rank
 * may be run in factors by a layer that can.
 */
public final class ParametrizationStack {
    /**
     * A parametrization that stands on the parameter.
     *
     * @param form with the weight 1
     * @param owned its tensors by slot
     */
    public record Layer(Applied applied, Expression.Below below, Form form, Map<String, Parameter> owned) {
        Form weighted() {
            return form.weighted(below, applied.weight());
        }

        private Layer withWeight(double weight) {
            return new Layer(applied.withWeight(weight), below, form, owned);
        }

        private boolean reads(String slot) {
            return form.value()
                    .anyMatch(each -> each instanceof Expression.Owned owned
                            && owned.slot().equals(slot));
        }

        private boolean isStorage() {
            return applied.parametrization().role() == Role.STORAGE;
        }

        /** Whether it can be run beside the weight. */
        boolean runsBeside() {
            return form instanceof Form.LowRank lowRank && lowRank.runsBeside(below.shape(), below.dtype());
        }
    }

    /** Where the values of parameters and stored tensors come from in one forward, and where results go. */
    interface Arrays {
        NDArray of(Parameter parameter);

        NDArray of(Expression.Stored stored);

        NDManager scope();
    }

    private record Numbers(Optional<StoredNumbers> ofStorage) {}

    private record Rows(Optional<TableRows> ofTable) {}

    private final String name;
    private final Parameter parameter;
    private final List<Layer> layers;
    private final List<ActiveLayer> steps;
    private final int factored;

    /** Made when it is first asked for. */
    private volatile @Nullable Numbers numbers;

    private volatile @Nullable Rows rows;

    /**
     * @param name the parameter's canonical name
     */
    public ParametrizationStack(String name, Parameter parameter, List<Layer> layers) {
        this(name, parameter, layers, Map.of());
    }

    private ParametrizationStack(
            String name, Parameter parameter, List<Layer> layers, Map<String, MixedRows.Rows> rows) {
        this.name = name;
        this.parameter = parameter;
        this.layers = List.copyOf(layers);
        this.steps = layers.stream()
                .filter(layer -> layer.applied().isActive())
                .map(layer -> new ActiveLayer(layer, rows))
                .toList();
        int first = steps.size();
        while (first > 0 && steps.get(first - 1).runsBeside()) {
            first--;
        }
        this.factored = first;
    }

    public String name() {
        return name;
    }

    Parameter parameter() {
        return parameter;
    }

    public List<Layer> layers() {
        return layers;
    }

    /** The same with other weights of adapters; those that are not named are not active. */
    ParametrizationStack weighted(Map<String, Double> weights) {
        return new ParametrizationStack(
                name,
                parameter,
                layers.stream()
                        .map(layer -> layer.applied().adapter().isEmpty()
                                ? layer
                                : layer.withWeight(
                                        weights.getOrDefault(layer.applied().adapter(), 0.0)))
                        .toList());
    }

    /** The storage that holds the values in the place of the parameter. */
    private Optional<Layer> storage() {
        return layers.stream().findFirst().filter(Layer::isStorage);
    }

    /** What a storage owns and computes nothing from: it says what its numbers follow from beside the rest. */
    Collection<Parameter> descriptions() {
        return storage().stream()
                .flatMap(layer -> layer.owned().entrySet().stream()
                        .filter(owned -> !layer.reads(owned.getKey()))
                        .map(Map.Entry::getValue))
                .toList();
    }

    /** Whether it is a storage and nothing else that counts. */
    boolean isStorage() {
        return steps.size() == 1 && storage().isPresent();
    }

    /** Whether all that stands on a storage can be run beside it. */
    boolean runsBeside() {
        return factored == 1 && storage().isPresent();
    }

    /** Codes that a kernel may multiply with, in the place of the {@link #trunk}. */
    Optional<Form.ScaledCodes> codes() {
        return runsBeside()
                ? storage()
                        .map(Layer::form)
                        .filter(Form.ScaledCodes.class::isInstance)
                        .map(Form.ScaledCodes.class::cast)
                : Optional.empty();
    }

    /** The numbers of what stores them, where it is all that is below the {@link #branches}; empty if the engine has to compute them. */
    Optional<StoredNumbers> numbers() {
        Numbers made = numbers;
        if (made == null) {
            made = new Numbers(
                    runsBeside()
                            ? storage()
                                    .flatMap(layer ->
                                            StoredNumbers.of(layer.form().value(), layer.owned()))
                            : Optional.empty());
            numbers = made;
        }
        return made.ofStorage();
    }

    /** A part of the storage's form. */
    NDArray part(Expression part, Arrays arrays) {
        return steps.get(0).part(ByteTables.inTables(part), arrays);
    }

    /** For a batch whose rows have adapters of their own, each of which counts in full; whatever is active does not. */
    ParametrizationStack mixed(MixedRows rows) {
        return new ParametrizationStack(
                name,
                parameter,
                layers.stream()
                        .filter(layer -> layer.applied().adapter().isEmpty()
                                || rows.byAdapter().containsKey(layer.applied().adapter()))
                        .map(layer -> layer.withWeight(1))
                        .toList(),
                rows.byAdapter());
    }

    /** Whether some rows alone have what a layer runs in factors, which it does in inference, too, then. */
    boolean isMixed() {
        return steps.stream().anyMatch(ActiveLayer::isOfSomeRows);
    }

    /** The parameter as the model computes with it; its own array where nothing is active. */
    NDArray value(Arrays arrays) {
        if (isMixed()) {
            throw new IllegalStateException("`" + name + "` is not the same for all rows");
        }
        return value(steps.size(), arrays);
    }

    /** The parameter without the {@link #branches}. */
    NDArray trunk(Arrays arrays) {
        return value(factored, arrays);
    }

    /** What a layer may run in factors. */
    List<Branch> branches(Arrays arrays) {
        return steps.subList(factored, steps.size()).stream()
                .map(step -> step.branch(arrays))
                .toList();
    }

    /** Rows of what a storage holds, with everything that stands on it; empty if they cannot be computed by themselves. */
    Optional<TableRows> rows() {
        Rows made = rows;
        if (made == null) {
            made = new Rows(
                    storage().isPresent() && !isMixed()
                            ? TableRows.of(
                                    parameter,
                                    steps.stream().map(ActiveLayer::rowsOfTable).toList())
                            : Optional.empty());
            rows = made;
        }
        return made.ofTable();
    }

    private NDArray value(int until, Arrays arrays) {
        // Where a storage holds the values, nobody asks for the parameter's own.
        NDArray value = storage().isPresent() ? null : arrays.of(parameter);
        for (ActiveLayer step : steps.subList(0, until)) {
            NDArray below = value;
            value = step.value(arrays, () -> below);
        }
        return typed(value, arrays);
    }

    private NDArray typed(NDArray value, Arrays arrays) {
        NDArray typed = EngineCast.of(parameter.getArray().getDataType(), value);
        if (typed != value) {
            typed.attach(arrays.scope());
        }
        return typed;
    }
}
