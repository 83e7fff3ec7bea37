package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.List;
import java.util.Optional;

/** A tensor of the checkpoint that is modified, with the values that it has there. */
public record InitialTensor(TensorEntry entry) implements LazyTensor {
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
    public Optional<Object> storage() {
        return entry.storage();
    }

    @Override
    public Optional<String> blockType() {
        return entry.blockType();
    }

    /** {@inheritDoc} Those of blocks, too. */
    @Override
    public TensorData materialize() {
        return entry.bytes();
    }
}
