package com.example.pruning;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.model.LazyTensor;
import io.graft.model.Provenance;
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
