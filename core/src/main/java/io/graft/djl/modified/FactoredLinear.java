package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;

/**
 * Stands in the place of a {@link Linear}, with its parameters. In training it adds parametrizations of low rank in factors,
 * {@code linear(x) + scale * linear(linear(dropout(x), right), left)}, which makes no weight of them. In inference, and outside of a
 * modified block, it is that Linear, unless rows of a batch have adapters of their own: these are added to their rows alone.
 */
public final class FactoredLinear extends Linear implements ExchangedLayer {
    private final StandIn<Linear> place;

    FactoredLinear(Linear original) {
        super(Linear.builder().setUnits(1));
        this.place = StandIn.of(Linear.class, "weight", original, this);
    }

    @Override
    public Linear original() {
        return place.back(this);
    }

    @Override
    public Class<Linear> standsFor() {
        return place.type();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray input = inputs.singletonOrThrow();
        NDArray rows = FlatRows.of(input);
        if (store instanceof WeightStore weights) {
            List<Branch> branches = weights.branches(place.weight(), input.getDevice());
            if (!branches.isEmpty()) {
                Branch.Place results = weights.place(place.weight());
                NDArray trunk = weights.trunk(place.weight(), input.getDevice());
                NDArray products = linear(rows, trunk, store.getValue(place.bias(), input.getDevice(), training))
                        .singletonOrThrow();
                NDArray output = FlatRows.back(products, input.getShape());
                return new NDList(Branch.add(branches, output, input, training, results));
            }
        }
        NDList products = super.forwardInternal(store, new NDList(rows), training, params);
        return new NDList(FlatRows.back(products.singletonOrThrow(), input.getShape()));
    }
}
