package io.graft.models.epd;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Layers;
import java.util.LinkedHashMap;
import java.util.Map;

/** A linear layer for each data set, one of which runs. */
class LinearOfEach extends AbstractBlock {
    private final Map<String, Block> layers = new LinkedHashMap<>();
    private final String dataset;

    /**
     * @param dataset whose layer runs
     */
    LinearOfEach(Iterable<String> datasets, String dataset, int units) {
        this.dataset = dataset;
        for (String name : datasets) {
            layers.put(name, addChildBlock(name, Layers.linear(units)));
        }
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return layers.get(dataset).forward(store, inputs, training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return layers.get(dataset).getOutputShapes(inputs);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        layers.values().forEach(layer -> layer.initialize(manager, type, inputs));
    }
}
