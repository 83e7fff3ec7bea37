package io.graft.modifiers.transfer;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.model.LazyTensor;
import io.graft.model.Provenance;
import java.io.IOException;

/** The same elements in another shape of as many. */
record ReshapedTensor(LazyTensor source, Shape shape) implements LazyTensor {
    @Override
    public DType dtype() {
        return source.dtype();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("reshape " + source.shape() + " to " + shape, source.provenance());
    }

    @Override
    public TensorData materialize() throws IOException {
        return source.materialize();
    }
}
