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
import io.graft.models.parts.Dense;
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;

/**
 * A layer of BERT (Devlin et al. 2019, after Vaswani et al. 2017, section 3.1): a = LayerNorm(x + MultiHead(x)), then
 * LayerNorm(a + act(a W_1 + b_1) W_2 + b_2). Takes hidden states and, perhaps, a mask, and gives the same, so that layers follow each
 * other.
 */
class BertLayer extends AbstractBlock {
    private final int width;
    private final Block attention;
    private final Block intermediate;
    private final Block output;

    BertLayer(BertConfig config) {
        this.width = config.hiddenSize();
        this.attention = addChildBlock("attention", new BertAttention(config));
        this.intermediate =
                addChildBlock("intermediate", new Dense(width, config.intermediateSize(), config.hiddenAct(), 0));
        this.output = addChildBlock(
                "output",
                new AddAndNorm(config.intermediateSize(), width, config.hiddenDropoutProb(), config.layerNormEps()));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return Hidden.through(inputs, () -> {
            NDArray attended = attention.forward(store, inputs, training).singletonOrThrow();
            NDArray inner = Layers.apply(intermediate, store, attended, training);
            return output.forward(store, new NDList(inner, attended), training).singletonOrThrow();
        });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, attention, intermediate, output);
    }
}
