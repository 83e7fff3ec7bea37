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
import io.graft.models.parts.Layers;
import io.graft.models.parts.LookupTable;

/**
 * What goes into BERT: Dropout(LayerNorm(word + type + position)). Takes tokens and, perhaps, their types, [B, S] each; without types
 * every token is of type 0.
 */
class BertEmbeddings extends AbstractBlock {
    private final int width;
    private final float dropout;
    private final Positions positions;
    private final Block wordEmbeddings;
    private final LookupTable positionEmbeddings;
    private final LookupTable tokenTypeEmbeddings;
    private final Block norm;

    BertEmbeddings(BertConfig config, Positions positions) {
        this.width = config.hiddenSize();
        this.dropout = config.hiddenDropoutProb();
        this.positions = positions;
        this.wordEmbeddings = addChildBlock("word_embeddings", new LookupTable(config.vocabSize(), width));
        this.positionEmbeddings =
                addChildBlock("position_embeddings", new LookupTable(config.maxPositionEmbeddings(), width));
        this.tokenTypeEmbeddings =
                addChildBlock("token_type_embeddings", new LookupTable(config.typeVocabSize(), width));
        this.norm = addChildBlock("LayerNorm", Layers.norm(config.layerNormEps()));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray tokens = inputs.head();
        NDArray words = Layers.apply(wordEmbeddings, store, tokens, training);
        NDArray types = inputs.size() > 1
                ? Layers.apply(tokenTypeEmbeddings, store, inputs.get(1), training)
                : tokenTypeEmbeddings.first(1, store, tokens, training);
        NDArray sum = words.add(types).add(positions.of(tokens, positionEmbeddings, store, training));
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
        tokenTypeEmbeddings.initialize(manager, type, tokens);
        Layers.initialize(manager, type, width, norm);
    }
}
