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
import io.graft.models.parts.Layers;
import io.graft.models.parts.LookupTable;

/** What goes into DistilBERT: Dropout(LayerNorm(word + position)). Takes tokens, [B, S]. */
class DistilBertEmbeddings extends AbstractBlock {
    private final int width;
    private final float dropout;
    private final Block wordEmbeddings;
    private final LookupTable positionEmbeddings;
    private final Block norm;

    DistilBertEmbeddings(DistilBertConfig config) {
        this.width = config.dim();
        this.dropout = config.dropout();
        this.wordEmbeddings = addChildBlock("word_embeddings", new LookupTable(config.vocabSize(), width));
        this.positionEmbeddings =
                addChildBlock("position_embeddings", new LookupTable(config.maxPositionEmbeddings(), width));
        this.norm = addChildBlock("LayerNorm", Layers.norm(DistilBertConfig.LAYER_NORM_EPS));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray tokens = inputs.head();
        NDArray words = Layers.apply(wordEmbeddings, store, tokens, training);
        NDArray sum = words.add(positionEmbeddings.first(tokens.getShape().get(1), store, tokens, training));
        return new NDList(Layers.dropout(Layers.apply(norm, store, sum, training), dropout, training));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0].add(width)};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape tokens = new Shape(1, 1);
        wordEmbeddings.initialize(manager, type, tokens);
        positionEmbeddings.initialize(manager, type, tokens);
        Layers.initialize(manager, type, width, norm);
    }
}
