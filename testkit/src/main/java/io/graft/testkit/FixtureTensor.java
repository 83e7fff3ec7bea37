package io.graft.testkit;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of a model that no modifier has touched.
 *
 * @param name the name that the model has for it
 * @param storage equal for two names of one tensor
 */
record FixtureTensor(String name, DType dtype, Shape shape, TensorData data, Optional<Object> storage)
        implements LazyTensor {
    /** A tensor of its own, with the values given; one value stands for all elements. */
    static FixtureTensor of(String name, DType dtype, Shape shape, double... values) {
        return new FixtureTensor(
                name, dtype, shape, TensorValues.encode(dtype, shape, values), Optional.of(new Object()));
    }

    /** The tensor of a file. */
    static FixtureTensor of(TensorEntry entry) {
        return new FixtureTensor(entry.name(), entry.dtype(), entry.shape(), entry.data(), entry.storage());
    }

    /** Another name of the same tensor. */
    FixtureTensor named(String other) {
        return new FixtureTensor(other, dtype, shape, data, storage);
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Initial(name);
    }

    @Override
    public TensorData materialize() {
        return data;
    }
}
