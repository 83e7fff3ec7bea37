package io.graft.torchscript.notes;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The value that a storage took the place of, which is given up. */
record ReplacedBase(String name, DType dtype, Shape shape) implements LazyTensor {
    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Initial(name);
    }

    /** All names of a tensor have this one. */
    @Override
    public Optional<Object> storage() {
        return Optional.of(this);
    }

    @Override
    public TensorData materialize() throws IOException {
        throw new IOException("`" + name + "` was given up for what stores it");
    }
}
