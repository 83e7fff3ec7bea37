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
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;

/**
 * A layer of DistilBERT: a = LayerNorm(MultiHead(x) + x), then LayerNorm(FeedForward(a) + a). Takes hidden states and, perhaps, a mask,
 * and gives the same.
 */
class DistilBertLayer extends AbstractBlock {
    private final int width;
    private final Block attention;
    private final Block attentionNorm;
    private final Block feedForward;
    private final Block outputNorm;

    DistilBertLayer(DistilBertConfig config) {
        this.width = config.dim();
        this.attention = addChildBlock("attention", new DistilBertAttention(config));
        this.attentionNorm = addChildBlock("sa_layer_norm", Layers.norm(DistilBertConfig.LAYER_NORM_EPS));
        this.feedForward =
                addChildBlock("ffn", new FeedForward(width, config.hiddenDim(), config.activation(), config.dropout()));
        this.outputNorm = addChildBlock("output_layer_norm", Layers.norm(DistilBertConfig.LAYER_NORM_EPS));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return Hidden.through(inputs, () -> {
            NDArray x = inputs.head();
            NDArray seen = attention.forward(store, inputs, training).singletonOrThrow();
            NDArray a = Layers.apply(attentionNorm, store, Layers.sum(seen, x, training), training);
            NDArray fed = Layers.apply(feedForward, store, a, training);
            return Layers.apply(outputNorm, store, Layers.sum(fed, a, training), training);
        });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, attention, attentionNorm, feedForward, outputNorm);
    }
}
