package io.graft.djl.modified;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Stands in the place of a {@link Linear} whose weight is stored as something else than its numbers, which it does not have. In
 * inference a kernel for integers multiplies where there is one, or else the weight is computed for the product and dropped; adapters
 * on top of it run in factors where they can. In training the weight is computed, and kept until the gradients are; they flow to the
 * inputs and to adapters.
 */
public final class QuantizedLinear extends Linear implements ExchangedLinear {
    /** What DJL writes of a parameter without values. */
    private static final char NO_VALUES = 'N';

    private final StandIn place;

    QuantizedLinear(Linear original) {
        super(Linear.builder().setUnits(1));
        this.place = StandIn.of(original, this);
    }

    @Override
    public Linear original() {
        return place.back(this);
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

    /** {@inheritDoc} The weight has no values. */
    @Override
    public void saveParameters(DataOutputStream out) throws IOException {
        out.write(version);
        saveMetadata(out);
        out.writeChar(NO_VALUES);
        if (place.bias() != null) {
            place.bias().save(out);
        }
    }

    @Override
    public void loadParameters(NDManager manager, DataInputStream in) throws IOException, MalformedModelException {
        loadMetadata(in.readByte(), in);
        if (in.readChar() != NO_VALUES) {
            throw new MalformedModelException(
                    "the file has numbers for a weight that is quantized: load it before the model is quantized");
        }
        if (place.bias() != null) {
            place.bias().load(manager, in);
        }
    }
}
