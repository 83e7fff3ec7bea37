package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import io.graft.djl.array.ArraySlab;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.RawArrays;
import io.graft.djl.array.Shapes;
import io.graft.djl.array.Slab;
import io.graft.djl.array.WeightWriter;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a tensor that is stored as codes, computed in Java from the codes as they lie in the engine's memory, which takes a
 * tenth of the time that the engine takes: a few rows are computed and multiplied before the next ones, so that they never leave the
 * processor's cache.
 */
final class StoredNumbers {
    /** Numbers that are computed at a time. */
    private static final long PIECE = 1 << 20;

    private final LazyTensor value;

    private StoredNumbers(LazyTensor value) {
        this.value = value;
    }

    /**
     * @param numbers of the codes
     * @param owned what they are computed from, by slot
     * @return empty if pieces cannot be computed by themselves, or not in 32 bits
     */
    static Optional<StoredNumbers> of(Expression numbers, Map<String, Parameter> owned) {
        boolean fits = numbers.shape().rank() > 1
                && numbers.shape().elementCount() > 0
                && numbers.dtype() == DType.F32
                && ExpressionTensors.wholeNodes(numbers).isEmpty();
        if (!fits) {
            return Optional.empty();
        }
        Map<String, LazyTensor> tensors = new HashMap<>();
        owned.forEach((slot, parameter) -> tensors.put(slot, new Live(parameter)));
        return Optional.of(
                new StoredNumbers(ExpressionTensors.evaluate(numbers, "quantized", Optional.empty(), tensors)));
    }

    /** All of them, as an array of a manager. */
    NDArray whole(NDManager manager) {
        NDArray array = manager.create(Shapes.engine(value.shape()), DataType.FLOAT32);
        fill(array, data(), 0);
        return array;
    }

    /**
     * {@code input @ numbers^T + bias} of a matrix, of the input's manager.
     *
     * @param scope above what is computed on the way
     */
    NDArray product(NDArray input, @Nullable NDArray bias, NDManager scope) {
        TensorData data = data();
        long step = Math.max(1, Math.min(rows(), PIECE / columns()));
        try (NDManager own = scope.newSubManager()) {
            NDArray piece = own.create(new Shape(step, columns()), DataType.FLOAT32);
            NDList parts = new NDList();
            for (long from = 0; from < rows(); from += step) {
                NDArray some = from + step <= rows()
                        ? piece
                        : own.create(new Shape(rows() - from, columns()), DataType.FLOAT32);
                fill(some, data, from);
                parts.addAll(Linear.linear(input, some));
            }
            NDArray product = parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, -1);
            NDArray output = bias == null ? product : product.add(bias);
            parts.attach(own);
            if (output != product) {
                product.attach(own);
            }
            output.attach(input.getManager());
            return output;
        }
    }

    private void fill(NDArray array, TensorData data, long row) {
        for (Slab place : WeightWriter.slabs(array)) {
            try (ArraySlab open = ArraySlab.open(array, place)) {
                data.read(row * columns() * Float.BYTES + place.offset(), open.bytes());
                open.store();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    private TensorData data() {
        try {
            return value.materialize();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private long rows() {
        return value.shape().dimension(0);
    }

    private long columns() {
        return value.shape().elementCount() / rows();
    }

    /** A parameter as it lies in memory. */
    private record Live(Parameter parameter) implements LazyTensor {
        @Override
        public DType dtype() {
            return RawArrays.dtype(parameter);
        }

        @Override
        public io.graft.tensor.Shape shape() {
            return RawArrays.shape(parameter);
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Initial(parameter.getName());
        }

        @Override
        public TensorData materialize() {
            return new LiveTensorData(parameter.getArray());
        }
    }
}
