package io.graft.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;

/** Layers that nobody can exchange. */
final class HeldLayers extends AbstractBlock {
    private record Held(Linear linear) {}

    private final List<Held> held;

    HeldLayers(Linear first, Linear second) {
        held = List.of(new Held(addChildBlock("first", first)), new Held(addChildBlock("second", second)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList hidden = Activation.tanh(held.get(0).linear().forward(store, inputs, training));
        return held.get(1).linear().forward(store, hidden, training);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        held.get(0).linear().initialize(manager, dataType, inputs);
        held.get(1).linear().initialize(manager, dataType, new Shape(inputs[0].get(0), 3));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), 2)};
    }
}
