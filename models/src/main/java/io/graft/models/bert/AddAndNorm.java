package io.graft.models.bert;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;

/** The end of a sublayer of BERT: LayerNorm(residual + Dropout(x W + b)). Takes x and the residual. */
class AddAndNorm extends AbstractBlock {
    private final int inner;
    private final int width;
    private final float dropout;
    private final Block dense;
    private final Block norm;

    /**
     * @param inner width of x
     * @param width of the residual, and of what comes out
     */
    AddAndNorm(int inner, int width, float dropout, float epsilon) {
        this.inner = inner;
        this.width = width;
        this.dropout = dropout;
        this.dense = addChildBlock("dense", Layers.linear(width));
        this.norm = addChildBlock("LayerNorm", Layers.norm(epsilon));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(Hidden.of(inputs, () -> {
            NDArray added = Layers.dropout(Layers.apply(dense, store, inputs.get(0), training), dropout, training);
            return Layers.apply(norm, store, Layers.sum(added, inputs.get(1), training), training);
        }));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[1]};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, inner, dense);
        Layers.initialize(manager, type, width, norm);
    }
}
