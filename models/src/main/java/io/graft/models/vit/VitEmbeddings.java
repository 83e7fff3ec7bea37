package io.graft.models.vit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.Layers;

/** What goes into a vision transformer: Dropout([class; patches] + position). Takes images, gives [B, 1 + patches, H]. */
class VitEmbeddings extends AbstractBlock {
    private final VitConfig config;
    private final Parameter classToken;
    private final Parameter positions;
    private final Block patches;

    VitEmbeddings(VitConfig config) {
        this.config = config;
        this.classToken = addParameter(row("cls_token", 1));
        this.positions = addParameter(row("position_embeddings", 1 + config.patches()));
        this.patches = addChildBlock("patch_embeddings", new PatchEmbeddings(config));
    }

    private Parameter row(String name, int length) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(1, length, config.hiddenSize()))
                .build();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray images = inputs.singletonOrThrow();
        requireSize(images.getShape());
        NDArray embedded = Layers.apply(patches, store, images, training);
        NDArray token = store.getValue(classToken, images.getDevice(), training)
                .broadcast(new Shape(images.getShape().get(0), 1, config.hiddenSize()));
        token.attach(images.getManager());
        NDArray sequence = NDArrays.concat(new NDList(token, embedded), 1);
        NDArray placed = sequence.add(store.getValue(positions, images.getDevice(), training));
        return new NDList(Layers.dropout(placed, config.hiddenDropoutProb(), training));
    }

    private void requireSize(Shape images) {
        Shape wanted = new Shape(images.get(0), config.numChannels(), config.imageSize(), config.imageSize());
        if (!images.equals(wanted)) {
            throw new IllegalArgumentException("images of the shape " + images + ", the model takes " + wanted);
        }
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), 1 + config.patches(), config.hiddenSize())};
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        patches.initialize(manager, type, inputs);
    }
}
