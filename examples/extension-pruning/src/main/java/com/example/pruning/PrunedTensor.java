package com.example.pruning;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;

/**
 * A tensor without its least elements.
 *
 * @param first position of its first element among those that are pruned together
 */
record PrunedTensor(LazyTensor original, LeastElements least, long first) implements ComputedTensor {
    @Override
    public DType dtype() {
        return original.dtype();
    }

    @Override
    public Shape shape() {
        return original.shape();
    }

    /** Which elements go, the others tell. */
    @Override
    public List<LazyTensor> inputs() {
        return least.tensors();
    }

    @Override
    public String operation() {
        return "prune";
    }

    @Override
    public TensorData materialize() throws IOException {
        return new PrunedData(original.materialize(), dtype(), least.cut(), first);
    }
}
