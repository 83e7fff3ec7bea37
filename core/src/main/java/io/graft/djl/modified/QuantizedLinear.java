package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * Stands in the place of a {@link Linear} whose weight is stored as something else than its numbers, which it does not have. In
 * inference a kernel for integers multiplies where there is one, or else the weight is computed for the product and dropped; adapters
 * on top of it run in factors where they can. In training the weight is computed, and kept until the gradients are; they flow to the
 * inputs and to adapters.
 */
public final class QuantizedLinear extends Linear implements ExchangedLayer {
    private final StandIn<Linear> place;

    QuantizedLinear(Linear original) {
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
        if (!(store instanceof ProductStore products)) {
            throw new IllegalStateException("a quantized Linear has no weight of its own: run the whole model's block");
        }
        NDArray input = inputs.singletonOrThrow();
        return new NDList(
                products.product(place.weight(), input, store.getValue(place.bias(), input.getDevice(), training)));
    }
}
