package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Dropout(act(x W + b)), where the linear layer has the name {@code dense}. */
public class Dense extends AbstractBlock {
    private final int width;
    private final Act act;
    private final float dropout;
    private final Block dense;

    /**
     * @param width of x
     */
    public Dense(int width, int units, Act act, float dropout) {
        this.width = width;
        this.act = act;
        this.dropout = dropout;
        this.dense = addChildBlock("dense", Layers.linear(units));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(Hidden.of(inputs, () -> {
            NDArray y = act.of(Layers.apply(dense, store, inputs.singletonOrThrow(), training));
            return Layers.dropout(y, dropout, training);
        }));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return dense.getOutputShapes(inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, dense);
    }
}
