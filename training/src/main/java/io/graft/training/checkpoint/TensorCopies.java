package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.Shapes;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values as they were, in memory. */
final class TensorCopies {
    private TensorCopies() {}

    static OutputTensor of(String name, NDArray array, CopyMemory memory) throws IOException {
        return of(
                name,
                DataTypes.of(array.getDataType()),
                Shapes.of(array.getShape()),
                new LiveTensorData(array),
                memory);
    }

    static OutputTensor of(String name, DType dtype, Shape shape, TensorData values, CopyMemory memory)
            throws IOException {
        ByteBuffer bytes = memory.take(Math.toIntExact(values.byteCount()));
        values.read(0, bytes);
        return tensor(name, dtype, shape, bytes.flip());
    }

    /** A scalar. */
    static OutputTensor ofLong(String name, long number) {
        return tensor(
                name,
                DType.I64,
                Shape.SCALAR,
                little(Long.BYTES).putLong(number).flip());
    }

    /** A scalar. */
    static OutputTensor ofFloat(String name, float number) {
        return tensor(
                name,
                DType.F32,
                Shape.SCALAR,
                little(Float.BYTES).putFloat(number).flip());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static OutputTensor tensor(String name, DType dtype, Shape shape, ByteBuffer bytes) {
        TensorData data = TensorData.of(bytes);
        return new OutputTensor(name, dtype, shape, () -> data);
    }
}
