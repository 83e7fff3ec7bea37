package io.graft.apply;

import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.LazyTensor;
import io.graft.model.Provenance;
import java.util.List;

/** A tensor of the checkpoint that is modified, with the values it has there. */
record InitialTensor(TensorEntry entry) implements LazyTensor {
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

    @Override
    public Provenance provenance() {
        return new Provenance.Initial(entry.name());
    }

    @Override
    public TensorData materialize() {
        return entry.data();
    }
}
