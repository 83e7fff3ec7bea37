package io.graft.testkit;

import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.Optional;

/**
 * A tensor of a model that no modifier has touched.
 *
 * @param storage equal for two names of one tensor
 */
record FixtureTensor(DType dtype, Shape shape, TensorData data, Optional<Object> storage) implements LazyTensor {
    /** A tensor of its own, with the values given; one value stands for all elements. */
    static FixtureTensor of(DType dtype, Shape shape, double... values) {
        return new FixtureTensor(dtype, shape, TensorValues.encode(dtype, shape, values), Optional.of(new Object()));
    }

    /** The tensor of a file. */
    static FixtureTensor of(TensorEntry entry) {
        return new FixtureTensor(
                entry.dtype(),
                entry.shape(),
                entry.data(),
                StoredTensor.of(entry, "").storage());
    }

    @Override
    public Provenance provenance() {
        return Provenance.INITIAL;
    }

    @Override
    public TensorData materialize() {
        return data;
    }
}
