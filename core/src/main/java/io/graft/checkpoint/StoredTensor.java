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
 * @param provenance whether it is one of the model that is modified; if not, which checkpoint it is of
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

    /** A tensor of the checkpoint that is modified. */
    public static StoredTensor initial(TensorEntry entry) {
        return new StoredTensor(entry, new Provenance.Initial(entry.name()));
    }

    /** Whether it is one of the checkpoint that is modified. */
    public boolean isInitial() {
        return provenance instanceof Provenance.Initial;
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
