package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.swap.BlockState;
import java.util.List;

/**
 * Stands in the place of a {@link Linear}, with its parameters. In training it adds parametrizations of low rank in factors,
 * {@code linear(x) + scale * linear(linear(dropout(x), right), left)}, which makes no weight of them. In inference, and outside of a
 * modified block, it is that Linear, unless rows of a batch have adapters of their own: these are added to their rows alone.
 */
public final class FactoredLinear extends Linear {
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

    /** The layer in whose place it stands, as it would be now. */
    Linear original() {
        BlockState.copy(Linear.class, this, original);
        return original;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        if (!(store instanceof WeightStore weights)) {
            return super.forwardInternal(store, inputs, training, params);
        }
        NDArray input = inputs.singletonOrThrow();
        List<ParametrizationStack.Branch> branches = weights.branches(weight, input.getDevice());
        if (branches.isEmpty()) {
            return super.forwardInternal(store, inputs, training, params);
        }
        NDArray output = linear(
                        input,
                        weights.trunk(weight, input.getDevice()),
                        store.getValue(bias, input.getDevice(), training))
                .singletonOrThrow();
        for (ParametrizationStack.Branch branch : branches) {
            if (branch.rows().isPresent()) {
                NDIndex rows = weights.rows(branch.rows().get(), weight, input);
                NDArray own = weights.keep(input.get(rows));
                NDArray below = weights.keep(output.get(rows));
                output.set(rows, weights.keep(below.add(branch(branch, own, training, weights))));
            } else {
                NDArray sum = output.add(branch(branch, input, training, weights));
                weights.keep(output);
                output = sum;
            }
        }
        return new NDList(output);
    }

    private static NDArray branch(
            ParametrizationStack.Branch branch, NDArray input, boolean training, WeightStore weights) {
        NDArray seen = branch.inputDropout() == 0 || !training
                ? input
                : weights.keep(Dropout.dropout(input, (float) branch.inputDropout(), true)
                        .singletonOrThrow());
        NDArray narrow = weights.keep(linear(seen, branch.right()).singletonOrThrow());
        NDArray wide = weights.keep(linear(narrow, branch.left()).singletonOrThrow());
        return branch.scale() == 1 ? wide : weights.keep(wide.mul(branch.scale()));
    }
}
