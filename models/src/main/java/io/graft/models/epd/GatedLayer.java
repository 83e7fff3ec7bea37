package io.graft.models.epd;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Layers;

/** A layer of the processor: h = LayerNorm(x), then x + mlp(σ(h W_q) ⊙ h W_v), where the mlp is two linear layers and a GELU. */
class GatedLayer extends AbstractBlock {
    private final int width;
    private final Block norm;
    private final Block query;
    private final Block value;
    private final Block mlp;

    GatedLayer(int width) {
        this.width = width;
        this.norm = addChildBlock("layer_norm", LayerNorm.builder().axis(1).build());
        this.query = addChildBlock("query", Layers.linear(width));
        this.value = addChildBlock("value", Layers.linear(width));
        this.mlp = addChildBlock(
                "mlp",
                new SequentialBlock()
                        .add(Layers.linear(2 * width))
                        .add(Activation.geluBlock())
                        .add(Layers.linear(width)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray x = inputs.singletonOrThrow();
        NDArray h = Layers.apply(norm, store, x, training);
        NDArray gate = Activation.sigmoid(Layers.apply(query, store, h, training));
        NDArray gated = gate.mul(Layers.apply(value, store, h, training));
        return new NDList(x.add(Layers.apply(mlp, store, gated, training)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape hidden = new Shape(1, width);
        norm.initialize(manager, type, hidden);
        query.initialize(manager, type, hidden);
        value.initialize(manager, type, hidden);
        mlp.initialize(manager, type, hidden);
    }
}
