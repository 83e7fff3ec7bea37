package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tensors in memory for tests, and what expressions make of them. */
final class Tensors {
    private Tensors() {}

    /** A tensor in memory. */
    record Fixed(String name, DType dtype, Shape shape, TensorData materialize) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("memory", name);
        }
    }

    static Fixed of(DType dtype, Shape shape, double... values) {
        try {
            ByteBuffer doubles =
                    ByteBuffer.allocate(Double.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
            doubles.asDoubleBuffer().put(values);
            TensorData converted = new DTypeConversion(TensorData.of(doubles), DType.F64, dtype);
            int bytes = (int) dtype.byteCount(shape);
            return new Fixed("x", dtype, shape, TensorData.of(converted.window(0, bytes)));
        } catch (IOException beyond) {
            throw new IllegalArgumentException(beyond);
        }
    }

    static Fixed floats(Shape shape, double... values) {
        return of(DType.F32, shape, values);
    }

    /** Small integers, filled by the rule of PEFT's golden vectors. */
    static Fixed counted(int modulus, int offset, Shape shape) {
        double[] values = new double[(int) shape.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (3 * i + 1) % modulus - offset;
        }
        return floats(shape, values);
    }

    static double[] valuesOf(Expression root, LazyTensor below) throws IOException {
        return valuesOf(root, below, Map.of());
    }

    static double[] valuesOf(Expression root, LazyTensor below, Map<String, LazyTensor> owned) throws IOException {
        return valuesOf(ExpressionTensors.evaluate(root, "test", Optional.ofNullable(below), owned));
    }

    static double[] valuesOf(LazyTensor tensor) throws IOException {
        TensorData doubles = tensor.dtype() == DType.F64
                ? tensor.materialize()
                : new DTypeConversion(tensor.materialize(), tensor.dtype(), DType.F64);
        double[] values = new double[(int) tensor.shape().elementCount()];
        doubles.window(0, values.length * Double.BYTES).asDoubleBuffer().get(values);
        // One zero, so that values can be compared.
        return Arrays.stream(values).map(value -> value + 0.0).toArray();
    }
}
