package io.graft.models.parts;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.Supplier;

/** Layers one after the other, under the name {@code layer}. Takes hidden states and, perhaps, a mask; gives hidden states. */
public class Encoder extends AbstractBlock {
    private final int width;
    private final Block layers;

    public Encoder(int count, int width, Supplier<Block> layer) {
        this.width = width;
        SequentialBlock sequence = new SequentialBlock();
        for (int i = 0; i < count; i++) {
            sequence.add(layer.get());
        }
        this.layers = addChildBlock("layer", sequence);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return new NDList(layers.forward(store, inputs, training).head());
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {inputs[0]};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Layers.initialize(manager, type, width, layers);
    }
}
