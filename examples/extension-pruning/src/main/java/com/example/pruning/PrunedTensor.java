package com.example.pruning;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.model.ComputedTensor;
import io.graft.model.LazyTensor;
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
