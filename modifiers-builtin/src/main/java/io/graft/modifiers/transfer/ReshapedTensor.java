package io.graft.modifiers.transfer;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
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
