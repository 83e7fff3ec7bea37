package io.graft.tensor;

import java.util.List;
import java.util.function.LongToDoubleFunction;

/** Makes lazy tensors that are computed. */
public final class LazyTensors {
    private LazyTensors() {}

    /**
     * Values by their places, such as zeros or a random start. They are computed block by block whenever the tensor is read, by several
     * threads.
     *
     * @param operation what they are, in a few words
     * @param element the value of an element by its place, row by row; it depends on the place alone
     * @throws IllegalArgumentException if numbers cannot be converted to the dtype
     */
    public static LazyTensor generate(String operation, DType dtype, Shape shape, LongToDoubleFunction element) {
        if (!DTypeConversion.isSupported(DType.F64, dtype)) {
            throw new IllegalArgumentException("numbers cannot be converted to " + dtype);
        }
        return new Generated(operation, dtype, shape, element);
    }

    private record Generated(String operation, DType dtype, Shape shape, LongToDoubleFunction element)
            implements ComputedTensor {
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
}
