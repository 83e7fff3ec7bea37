package io.graft.models.vit;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Act;
import io.graft.models.parts.Dense;
import io.graft.models.parts.Heads;
import io.graft.models.parts.Layers;
import io.graft.models.parts.SelfAttention;

/** A vision transformer's Dropout(MultiHead(x) W_o + b). */
class VitAttention extends AbstractBlock {
    private final int width;
    private final Block attention;
    private final Block output;

    VitAttention(VitConfig config) {
        this.width = config.hiddenSize();
        Heads heads = new Heads(config.numAttentionHeads(), config.attentionProbsDropoutProb());
        this.attention = addChildBlock("attention", new SelfAttention(width, heads, config.qkvBias()));
        this.output = addChildBlock("output", new Dense(width, width, Act.NONE, config.hiddenDropoutProb()));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return output.forward(store, attention.forward(store, inputs, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, attention, output);
    }
}
