package io.graft.modifiers.migrating;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A version as a tensor without dimensions. */
record VersionTensor(long version) implements ComputedTensor {
    @Override
    public DType dtype() {
        return DType.I64;
    }

    @Override
    public Shape shape() {
        return Shape.of();
    }

    @Override
    public String operation() {
        return "version " + version;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public TensorData materialize() {
        return TensorData.of(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(version)
                .flip());
    }
}
