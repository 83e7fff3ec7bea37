package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.List;
import java.util.Optional;

/**
 * A tensor as it lies in a checkpoint.
 *
 * @param provenance the checkpoint, as the report names it, and the tensor's name in it
 */
public record StoredTensor(TensorEntry entry, Provenance provenance) implements LazyTensor {
    /**
     * A tensor of a checkpoint.
     *
     * @param uri the checkpoint, as the report names it
     */
    public static StoredTensor of(TensorEntry entry, String uri) {
        return new StoredTensor(entry, new Provenance.Stored(uri, entry.name()));
    }

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
