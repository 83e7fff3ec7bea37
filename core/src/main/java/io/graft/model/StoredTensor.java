package io.graft.model;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorEntry;

/** A tensor as it lies in a checkpoint. */
record StoredTensor(TensorEntry entry, Provenance provenance) implements LazyTensor {
    @Override
    public DType dtype() {
        return entry.dtype();
    }

    @Override
    public Shape shape() {
        return entry.shape();
    }

    @Override
    public TensorData materialize() {
        return entry.data();
    }
}
