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
import io.graft.models.parts.Heads;
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;

/** DistilBERT's MultiHead(x) W_o + b. Takes hidden states and, perhaps, a mask. */
class DistilBertAttention extends AbstractBlock {
    private final int width;
    private final Heads heads;
    private final Block query;
    private final Block key;
    private final Block value;
    private final Block output;

    DistilBertAttention(DistilBertConfig config) {
        this.width = config.dim();
        this.heads = new Heads(config.heads(), config.attentionDropout());
        this.query = addChildBlock("q_lin", Layers.linear(width));
        this.key = addChildBlock("k_lin", Layers.linear(width));
        this.value = addChildBlock("v_lin", Layers.linear(width));
        this.output = addChildBlock("out_lin", Layers.linear(width));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = inputs.head();
        NDArray context = Hidden.of(inputs, () -> {
            NDArray q = Layers.apply(query, store, x, training);
            NDArray k = Layers.apply(key, store, x, training);
            NDArray v = Layers.apply(value, store, x, training);
            return heads.attend(q, k, v, inputs.size() > 1 ? inputs.get(1) : null, training);
        });
        return output.forward(store, new NDList(context), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0]};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, query, key, value, output);
    }
}
