package io.graft.migration;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;

/** The same values as a tensor of their own. */
record CopiedTensor(LazyTensor tensor) implements ComputedTensor {
    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public String operation() {
        return "copied";
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(tensor);
    }

    @Override
    public TensorData materialize() throws IOException {
        return tensor.materialize();
    }
}
