package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.tensor.expression.Expression;
import java.io.DataOutputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * A modified block as it computed at one time: its weights are computed already, and none takes a gradient. It runs the layers of
 * the block that it was made of, and weights without a parametrization are that block's own.
 */
final class FoldedBlock extends AbstractBlock {
    private final Block base;
    private final Map<Parameter, NDArray> weights;
    private final NDManager manager;

    private FoldedBlock(Block base, Map<Parameter, NDArray> weights, NDManager manager) {
        this.base = base;
        this.weights = weights;
        this.manager = manager;
        this.inputShapes = base.isInitialized() ? base.getInputShapes() : null;
    }

    static FoldedBlock of(ModifiedBlock modified) {
        // Adapters may be switched meanwhile.
        Map<Parameter, ParametrizationStack> stacks = modified.stacks();
        NDManager manager = modified.manager().newSubManager();
        Map<Parameter, NDArray> weights = new HashMap<>();
        try (NDManager scope = manager.newSubManager()) {
            for (Parameter parameter : modified.base().getParameters().values()) {
                ParametrizationStack stack = stacks.get(parameter);
                NDArray value = stack == null ? parameter.getArray() : stack.value(now(modified, scope));
                NDArray still = value.stopGradient();
                still.attach(manager);
                weights.put(parameter, still);
            }
        }
        return new FoldedBlock(modified.base(), weights, manager);
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

    /** Frees its weights. */
    @Override
    public void clear() {
        manager.close();
    }

    @Override
    public void saveParameters(DataOutputStream out) {
        throw new UnsupportedOperationException(
                "a folded model has no parameters of its own: fold the adapters in a plan, and save that");
    }

    private final class Store extends ParameterStore {
        private final ParameterStore outer;

        Store(ParameterStore outer) {
            super(outer.getManager(), false);
            this.outer = outer;
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
