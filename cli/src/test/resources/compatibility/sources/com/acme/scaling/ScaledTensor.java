package com.acme.scaling;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor times a factor, computed when it is asked for. */
record ScaledTensor(LazyTensor original, float factor) implements LazyTensor {
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
        return new Provenance.Computed("scaled", original.provenance());
    }

    @Override
    public TensorData materialize() throws IOException {
        TensorData data = original.materialize();
        int length = Math.toIntExact(data.byteCount());
        ByteBuffer scaled = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer values = data.window(0, length);
        while (values.hasRemaining()) {
            scaled.putFloat(values.getFloat() * factor);
        }
        return TensorData.of(scaled.flip());
    }
}
