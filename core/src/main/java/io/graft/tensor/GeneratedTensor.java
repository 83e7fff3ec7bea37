package io.graft.tensor;

import java.util.List;
import java.util.function.LongToDoubleFunction;

/** A tensor whose values follow from their places. */
record GeneratedTensor(String operation, DType dtype, Shape shape, LongToDoubleFunction element)
        implements ComputedTensor {
    /**
     * @throws IllegalArgumentException if numbers cannot be converted to the dtype
     */
    GeneratedTensor {
        if (!DTypeConversion.isSupported(DType.F64, dtype)) {
            throw new IllegalArgumentException("numbers cannot be converted to " + dtype);
        }
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public TensorData materialize() {
        return TensorData.computed(true, dtype, shape.elementCount(), (first, count, room) -> elements(first));
    }

    private TensorData.Elements elements(long first) {
        long[] at = {first};
        return (block, count) -> {
            block.start(DType.F64, count);
            double[] values = block.doubles();
            for (int i = 0; i < count; i++) {
                values[i] = element.applyAsDouble(at[0]++);
            }
        };
    }
}
