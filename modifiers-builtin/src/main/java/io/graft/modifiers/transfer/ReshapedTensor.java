package io.graft.modifiers.transfer;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;

/** The same elements in another shape of as many. */
record ReshapedTensor(LazyTensor source, Shape shape) implements ComputedTensor {
    @Override
    public DType dtype() {
        return source.dtype();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(source);
    }

    @Override
    public String operation() {
        return "reshape " + source.shape() + " to " + shape;
    }

    @Override
    public TensorData materialize() throws IOException {
        return source.materialize();
    }
}
