package io.graft.model;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorEntry;
import java.util.List;
import java.util.Optional;

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
    public List<LazyTensor> inputs() {
        return List.of();
    }

    /** As {@link TensorEntry#isTiedTo}, in the form of a key. */
    @Override
    public Optional<Object> storage() {
        return entry.range().length() == 0
                ? Optional.empty()
                : Optional.of(List.of(entry.range(), entry.shape(), entry.dtype(), entry.data()));
    }

    @Override
    public TensorData materialize() {
        return entry.data();
    }
}
