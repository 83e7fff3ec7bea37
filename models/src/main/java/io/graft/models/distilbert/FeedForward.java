package io.graft.models.distilbert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Act;
import io.graft.models.parts.Layers;

/** DistilBERT's feed-forward network: Dropout(act(x W_1 + b_1) W_2 + b_2). */
class FeedForward extends AbstractBlock {
    private final int width;
    private final int inner;
    private final Act act;
    private final float dropout;
    private final Block first;
    private final Block second;

    /**
     * @param width of x, and of what comes out
     * @param inner width between the layers
     */
    FeedForward(int width, int inner, Act act, float dropout) {
        this.width = width;
        this.inner = inner;
        this.act = act;
        this.dropout = dropout;
        this.first = addChildBlock("lin1", Layers.linear(inner));
        this.second = addChildBlock("lin2", Layers.linear(width));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray activated = act.of(first.forward(store, inputs, training).singletonOrThrow());
        return new NDList(Layers.dropout(Layers.apply(second, store, activated, training), dropout, training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, first);
        Layers.initialize(manager, type, inner, second);
    }
}
