package com.example.pruning;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;

/**
 * A tensor without its least elements.
 *
 * @param first position of its first element among those that are pruned together
 */
record PrunedTensor(LazyTensor original, LeastElements least, long first) implements LazyTensor {
    @Override
    public DType dtype() {
        return original.dtype();
    }

    @Override
    public Shape shape() {
        return original.shape();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("prune", original.provenance());
    }

    @Override
    public TensorData materialize() throws IOException {
        return new PrunedData(original.materialize(), dtype(), least.cut(), first);
    }
}
