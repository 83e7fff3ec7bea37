package io.graft.djl.modified;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.io.DataOutputStream;

/** A modified block for batches whose rows have adapters of their own. It has nothing of its own but their names. */
final class MixedBlock extends AbstractBlock {
    private final ModifiedBlock modified;
    private final MixedRows rows;

    MixedBlock(ModifiedBlock modified, MixedRows rows) {
        this.modified = modified;
        this.rows = rows;
        this.inputShapes = modified.isInitialized() ? modified.getInputShapes() : null;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        if (training) {
            throw new IllegalStateException(
                    "rows have adapters of their own in inference alone: train with one choice of adapters, which `activate` makes");
        }
        return modified.forward(store, inputs, rows, params);
    }

    @Override
    public boolean isInitialized() {
        return true;
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return modified.describeInput();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return modified.getOutputShapes(inputs);
    }

    /** It keeps nothing. */
    @Override
    public void clear() {}

    @Override
    public void saveParameters(DataOutputStream out) {
        throw new UnsupportedOperationException(
                "a model for rows with adapters of their own has no parameters of its own: save the model that it was made of");
    }
}
