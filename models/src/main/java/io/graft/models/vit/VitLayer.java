package io.graft.models.vit;

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
import io.graft.models.parts.Dense;
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;

/**
 * A layer of a vision transformer (Dosovitskiy et al. 2021, equations 2 and 3): a = MultiHead(LayerNorm(x)) + x, then
 * act(LayerNorm(a) W_1 + b_1) W_2 + b_2 + a.
 */
class VitLayer extends AbstractBlock {
    private final int width;
    private final int inner;
    private final Block normBefore;
    private final Block attention;
    private final Block normAfter;
    private final Block intermediate;
    private final Block output;

    VitLayer(VitConfig config) {
        this.width = config.hiddenSize();
        this.inner = config.intermediateSize();
        this.normBefore = addChildBlock("layernorm_before", Layers.norm(config.layerNormEps()));
        this.attention = addChildBlock("attention", new VitAttention(config));
        this.normAfter = addChildBlock("layernorm_after", Layers.norm(config.layerNormEps()));
        this.intermediate = addChildBlock("intermediate", new Dense(width, inner, config.hiddenAct(), 0));
        this.output = addChildBlock("output", new Dense(inner, width, Act.NONE, config.hiddenDropoutProb()));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return Hidden.through(inputs, () -> {
            NDArray x = inputs.head();
            NDArray seen = Layers.apply(attention, store, Layers.apply(normBefore, store, x, training), training);
            NDArray a = Layers.sum(seen, x, training);
            NDArray fed = Layers.apply(intermediate, store, Layers.apply(normAfter, store, a, training), training);
            return Layers.sum(Layers.apply(output, store, fed, training), a, training);
        });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, normBefore, attention, normAfter, intermediate);
        Layers.initialize(manager, type, inner, output);
    }
}
