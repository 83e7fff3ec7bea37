package com.acme;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor of one value. */
record ConstantTensor(LazyTensor original, double value) implements LazyTensor {
    @Override
    public DType dtype() {
        return original.dtype();
    }

    @Override
    public Shape shape() {
        return original.shape();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("reset", original.provenance());
    }

    @Override
    public TensorData materialize() {
        int elements = Math.toIntExact(shape().elementCount());
        ByteBuffer doubles =
                ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, elements)).order(ByteOrder.LITTLE_ENDIAN);
        while (doubles.hasRemaining()) {
            doubles.putDouble(value);
        }
        return new DTypeConversion(TensorData.of(doubles.flip()), DType.F64, dtype());
    }
}
