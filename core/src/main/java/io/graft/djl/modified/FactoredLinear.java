package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.swap.BlockState;
import java.util.List;

/**
 * Stands in the place of a {@link Linear}, with its parameters. In training it adds parametrizations of low rank in factors,
 * {@code linear(x) + scale * linear(linear(dropout(x), right), left)}, which makes no weight of them. In inference, and outside of a
 * modified block, it is that Linear, unless rows of a batch have adapters of their own: these are added to their rows alone.
 */
public final class FactoredLinear extends Linear implements ExchangedLinear {
    private final Linear original;
    private final Parameter weight;
    private final Parameter bias;

    FactoredLinear(Linear original) {
        super(Linear.builder().setUnits(1));
        this.original = original;
        BlockState.copy(Linear.class, original, this);
        ParameterList own = getDirectParameters();
        this.weight = own.get("weight");
        this.bias = own.contains("bias") ? own.get("bias") : null;
    }

    @Override
    public Linear original() {
        BlockState.copy(Linear.class, this, original);
        return original;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        NDArray rows = FlatRows.of(input);
        if (store instanceof WeightStore weights) {
            List<Branch> branches = weights.branches(weight, input.getDevice());
            if (!branches.isEmpty()) {
                Branch.Place place = weights.place(weight);
                NDArray trunk = weights.trunk(weight, input.getDevice());
                NDArray products = linear(rows, trunk, store.getValue(bias, input.getDevice(), training))
                        .singletonOrThrow();
                NDArray output = FlatRows.back(products, input.getShape());
                return new NDList(Branch.add(branches, output, input, training, place));
            }
        }
        NDList products = super.forwardInternal(store, new NDList(rows), training, params);
        return new NDList(FlatRows.back(products.singletonOrThrow(), input.getShape()));
    }
}
