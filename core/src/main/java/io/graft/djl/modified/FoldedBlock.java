package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.array.BaseArray;
import io.graft.djl.forward.RowLookup;
import io.graft.tensor.expression.Expression;
import java.io.DataOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A modified block as it computed at one time: its weights are computed already, and none takes a gradient. It runs the layers of
 * the block that it was made of, and weights without a parametrization are that block's own.
 */
final class FoldedBlock extends AbstractBlock {
    private final Block base;
    private final Map<Parameter, NDArray> weights = new HashMap<>();
    private final Map<Parameter, Stored> stored = new HashMap<>();
    private final Map<Parameter, Table> tables = new HashMap<>();
    private final NDManager manager;
    private final PreparedWeights prepared;

    /** A quantized weight of which rows are looked up. */
    private record Table(TableRows rows, Function<NDManager, ParametrizationStack.Arrays> arrays) {
        NDArray at(NDArray indices) {
            try (NDManager scope = indices.getManager().newSubManager()) {
                NDArray some = rows.at(indices, arrays.apply(scope)).stopGradient();
                some.attach(indices.getManager());
                return some;
            }
        }
    }

    /** A quantized weight, with what stood on it. */
    private record Stored(StoredProduct trunk, List<Branch> branches) {}

    private FoldedBlock(ModifiedBlock modified) {
        this.base = modified.base();
        this.manager = modified.manager().newSubManager();
        this.prepared = modified.prepared();
        this.inputShapes = base.isInitialized() ? base.getInputShapes() : null;
    }

    /** The layers of a block by what they have of a stored weight. */
    private record Layers(Set<Parameter> linear, Set<Parameter> lookups) {}

    static FoldedBlock of(ModifiedBlock modified) {
        // Adapters may be switched meanwhile.
        Map<Parameter, ParametrizationStack> stacks = modified.stacks();
        FoldedBlock folded = new FoldedBlock(modified);
        Layers layers = new Layers(ExchangedLayers.running(folded.base), ExchangedLayers.lookedUp(folded.base));
        try (NDManager scope = folded.manager.newSubManager()) {
            for (Parameter parameter : modified.base().getParameters().values()) {
                folded.add(parameter, stacks.get(parameter), layers, modified, scope);
            }
        }
        return folded;
    }

    private void add(
            Parameter parameter,
            @Nullable ParametrizationStack stack,
            Layers layers,
            ModifiedBlock modified,
            NDManager scope) {
        if (stack != null
                && layers.lookups().contains(parameter)
                && stack.isStorage()
                && stack.rows().isPresent()) {
            tables.put(parameter, new Table(stack.rows().get(), results -> now(modified, results)));
            return;
        }
        if (stack != null
                && layers.linear().contains(parameter)
                && BaseArray.isAbsent(parameter)
                && stack.runsBeside()) {
            Optional<KernelCodes> codes = prepared.of(stack, now(modified, scope));
            List<Branch> branches = stack.branches(now(modified, scope)).stream()
                    .map(branch -> branch.still(this::copy))
                    .toList();
            stored.put(
                    parameter,
                    new Stored(new StoredProduct(stack, codes, results -> now(modified, results)), branches));
            return;
        }
        NDArray value = stack == null ? parameter.getArray() : stack.value(now(modified, scope));
        NDArray still = value.stopGradient();
        still.attach(manager);
        weights.put(parameter, still);
    }

    /** What training changes in place. */
    private NDArray copy(NDArray factor) {
        try (factor) {
            NDArray copy = factor.duplicate();
            copy.attach(manager);
            return copy;
        }
    }

    private static ParametrizationStack.Arrays now(ModifiedBlock modified, NDManager scope) {
        return new ParametrizationStack.Arrays() {
            @Override
            public NDArray of(Parameter parameter) {
                return parameter.getArray();
            }

            @Override
            public NDArray of(Expression.Stored stored) {
                return modified.constant(stored);
            }

            @Override
            public NDManager scope() {
                return scope;
            }
        };
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        if (training) {
            throw new IllegalStateException("a folded model is for inference: train the model that it was made of");
        }
        if (!manager.isOpen()) {
            throw new IllegalStateException("the folded model was closed");
        }
        return base.forward(new Store(store), inputs, false, params);
    }

    @Override
    public boolean isInitialized() {
        return true;
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return base.describeInput();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return base.getOutputShapes(inputs);
    }

    /** Frees its weights; twice is once. */
    @Override
    public void clear() {
        if (manager.isOpen()) {
            manager.close();
            prepared.release();
        }
    }

    @Override
    public void saveParameters(DataOutputStream out) {
        throw new UnsupportedOperationException(
                "a folded model has no parameters of its own: fold the adapters in a plan, and save that");
    }

    private static Branch.Place place(NDManager scope) {
        return new Branch.Place() {
            @Override
            public NDManager scope() {
                return scope;
            }

            @Override
            public NDIndex index(MixedRows.Rows rows, NDArray input) {
                throw new IllegalStateException("a folded model is the same for all rows");
            }
        };
    }

    private final class Store extends ParameterStore implements ProductStore, RowLookup.Source {
        private final ParameterStore outer;

        Store(ParameterStore outer) {
            super(outer.getManager(), false);
            this.outer = outer;
        }

        @Override
        public NDArray product(Parameter parameter, NDArray input, @Nullable NDArray bias) {
            Stored weight = stored.get(parameter);
            return weight == null
                    ? Linear.linear(input, getValue(parameter, input.getDevice(), false), bias)
                            .singletonOrThrow()
                    : product(weight, input, bias);
        }

        @Override
        public NDArray rows(Parameter table, NDArray indices) {
            return tables.containsKey(table)
                    ? tables.get(table).at(indices)
                    : RowLookup.rows(getValue(table, indices.getDevice(), false), indices);
        }

        private NDArray product(Stored weight, NDArray input, @Nullable NDArray bias) {
            try (NDManager scope = input.getManager().newSubManager()) {
                return weight.trunk().of(input, bias, weight.branches(), place(scope));
            }
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            NDArray weight = weights.get(parameter);
            if (weight == null) {
                return outer.getValue(parameter, device, training);
            }
            if (weight.getDevice().equals(device)) {
                return weight;
            }
            NDArray there = weight.toDevice(device, true);
            there.attach(getManager());
            return there;
        }
    }
}
