package com.acme.scaling;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A tensor times a factor, computed when it is asked for. */
record ScaledTensor(LazyTensor original, float factor) implements ComputedTensor {
    @Override
    public DType dtype() {
        return original.dtype();
    }

    @Override
    public Shape shape() {
        return original.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(original);
    }

    @Override
    public String operation() {
        return "scaled";
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
