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
import io.graft.models.parts.Heads;
import io.graft.models.parts.Layers;
import io.graft.models.parts.SelfAttention;

/** The first sublayer of BERT: LayerNorm(x + Dropout(MultiHead(x) W_o + b)). Takes hidden states and, perhaps, a mask. */
class BertAttention extends AbstractBlock {
    private final int width;
    private final Block self;
    private final Block output;

    BertAttention(BertConfig config) {
        this.width = config.hiddenSize();
        Heads heads = new Heads(config.numAttentionHeads(), config.attentionProbsDropoutProb());
        this.self = addChildBlock("self", new SelfAttention(width, heads, true));
        this.output = addChildBlock(
                "output", new AddAndNorm(width, width, config.hiddenDropoutProb(), config.layerNormEps()));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray context = self.forward(store, inputs, training).singletonOrThrow();
        return output.forward(store, new NDList(context, inputs.head()), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0]};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, self, output);
    }
}
