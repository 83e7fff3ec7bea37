package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** One vector for a sequence, of its first position: act(x₀ W + b). Takes [B, S, H], gives [B, units]. */
public class Pooler extends AbstractBlock {
    private final int width;
    private final int units;
    private final Act act;
    private final Block dense;

    /**
     * @param width of the hidden states
     */
    public Pooler(int width, int units, Act act) {
        this.width = width;
        this.units = units;
        this.act = act;
        this.dense = addChildBlock("dense", Layers.linear(units));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray first = inputs.singletonOrThrow().get(":, 0");
        return new NDList(act.of(Layers.apply(dense, store, first, training)));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), units)};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, dense);
    }
}
