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
import io.graft.models.parts.Act;
import io.graft.models.parts.Layers;

/** RoBERTa's classifier: Dropout(tanh(x W_1 + b_1)) W_2 + b_2. Takes [B, H], gives [B, labels]. */
class RobertaHead extends AbstractBlock {
    private final int width;
    private final int labels;
    private final float dropout;
    private final Block dense;
    private final Block output;

    RobertaHead(BertClassifierConfig config) {
        this.width = config.encoder().hiddenSize();
        this.labels = config.labels();
        this.dropout = config.dropout();
        this.dense = addChildBlock("dense", Layers.linear(width));
        this.output = addChildBlock("out_proj", Layers.linear(labels));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = Act.TANH.of(Layers.apply(dense, store, inputs.singletonOrThrow(), training));
        return output.forward(store, new NDList(Layers.dropout(x, dropout, training)), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), labels)};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, dense, output);
    }
}
