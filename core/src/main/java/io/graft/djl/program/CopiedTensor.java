package io.graft.djl.program;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of an open program that DJL does not show, as it is when the program's copy is written.
 *
 * @param entry in the archive that the program was loaded from
 */
record CopiedTensor(TensorEntry entry, ModuleCopy copy) implements LazyTensor {
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
    public TensorData materialize() throws IOException {
        return copy.checkpoint().stored().get(entry.name()).data();
    }
}
