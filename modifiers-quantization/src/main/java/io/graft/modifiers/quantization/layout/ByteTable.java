package io.graft.modifiers.quantization.layout;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.util.List;

/** What each byte is as a number of an 8-bit type. */
record ByteTable(DType dtype) implements LazyTensor {
    private static final int BYTES = 1 << Byte.SIZE;

    @Override
    public Shape shape() {
        return Shape.of(BYTES);
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("all values of " + dtype, List.of());
    }

    @Override
    public TensorData materialize() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        for (int code = 0; code < BYTES; code++) {
            bytes.put((byte) code);
        }
        return TensorData.of(bytes.flip());
    }
}
