package io.graft.testkit;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Elements of small tensors as Java numbers, and back. */
final class TensorValues {
    private TensorValues() {}

    /**
     * The bytes of a tensor.
     *
     * @param values one for each element, or one for all of them
     * @throws IllegalArgumentException if there is another number of values, or no conversion to the dtype
     */
    static TensorData encode(DType dtype, Shape shape, double... values) {
        int count = Math.toIntExact(shape.elementCount());
        if (values.length != 1 && values.length != count) {
            throw new IllegalArgumentException(
                    "shape " + shape + " needs " + count + " values, or one for all; found " + values.length);
        }
        ByteBuffer doubles =
                ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, count)).order(ByteOrder.LITTLE_ENDIAN);
        for (int index = 0; index < count; index++) {
            doubles.putDouble(values[values.length == 1 ? 0 : index]);
        }
        return converted(TensorData.of(doubles.flip()), DType.F64, dtype);
    }

    /** The elements, row by row. */
    static List<Double> decode(LazyTensor tensor) {
        try {
            return decode(tensor.materialize(), tensor.dtype());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The values as a tensor of this dtype has them, after rounding. */
    static List<Double> rounded(DType dtype, Shape shape, double... values) {
        try {
            return decode(encode(dtype, shape, values), dtype);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Double> decode(TensorData data, DType dtype) throws IOException {
        TensorData doubles = converted(data, dtype, DType.F64);
        ByteBuffer window = doubles.window(0, Math.toIntExact(doubles.byteCount()));
        List<Double> values = new ArrayList<>();
        while (window.hasRemaining()) {
            values.add(window.getDouble());
        }
        return List.copyOf(values);
    }

    private static TensorData converted(TensorData data, DType from, DType to) {
        return from == to ? data : new DTypeConversion(data, from, to);
    }
}
