package io.graft.models.vit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Each patch of an image as a vector of the model's width: a linear layer, written as a convolution whose steps are as wide as it is. */
class PatchEmbeddings extends AbstractBlock {
    private final VitConfig config;
    private final Block projection;

    PatchEmbeddings(VitConfig config) {
        this.config = config;
        Shape patch = new Shape(config.patchSize(), config.patchSize());
        this.projection = addChildBlock(
                "projection",
                Conv2d.builder()
                        .setFilters(config.hiddenSize())
                        .setKernelShape(patch)
                        .optStride(patch)
                        .build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray grid = projection.forward(store, inputs, training).singletonOrThrow();
        return new NDList(
                grid.reshape(grid.getShape().get(0), config.hiddenSize(), -1).transpose(0, 2, 1));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), config.patches(), config.hiddenSize())};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        projection.initialize(manager, type, inputs);
    }
}
