package io.graft;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An input or output of a model: a tensor and what it is called. */
public record NamedTensor(String name, DType dtype, Shape shape, TensorData data) {
    /** A tensor of a checkpoint. */
    public static NamedTensor of(TensorEntry entry) {
        return new NamedTensor(entry.name(), entry.dtype(), entry.shape(), entry.data());
    }

    /**
     * Whole numbers, as indices are, in row-major order.
     *
     * @throws IllegalArgumentException if the shape has not as many elements
     */
    public static NamedTensor of(String name, Shape shape, long... values) {
        requireAll(name, shape, values.length);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return new NamedTensor(name, DType.I64, shape, TensorData.of(bytes));
    }

    /**
     * Numbers of single precision in row-major order.
     *
     * @throws IllegalArgumentException if the shape has not as many elements
     */
    public static NamedTensor of(String name, Shape shape, float... values) {
        requireAll(name, shape, values.length);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new NamedTensor(name, DType.F32, shape, TensorData.of(bytes));
    }

    private static void requireAll(String name, Shape shape, int count) {
        if (shape.elementCount() != count) {
            throw new IllegalArgumentException(
                    "`" + name + "` has the shape " + shape + ", and " + count + " values are given");
        }
    }
}
