package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A statistic over axes of a tensor.
 *
 * @param axes those that are gone
 */
record ReducedTensor(String operation, LazyTensor tensor, List<Integer> axes, LazyTensors.Fold fold)
        implements ComputedTensor {
    ReducedTensor {
        axes = List.copyOf(axes);
        for (int axis : axes) {
            if (axis < 0 || axis >= tensor.shape().rank()) {
                throw new IllegalArgumentException(operation + " along axis " + axis + " of " + tensor.shape()
                        + ", which has " + tensor.shape().rank() + " axes");
            }
        }
    }

    @Override
    public DType dtype() {
        return LazyTensors.computing(List.of(tensor));
    }

    @Override
    public Shape shape() {
        Shape shape = tensor.shape();
        for (int axis : axes) {
            shape = shape.with(axis, 1);
        }
        return shape;
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of(tensor);
    }

    @Override
    public TensorData materialize() throws IOException {
        double[] statistics = LazyTensors.reduce(List.of(tensor), new Sums());
        ByteBuffer doubles = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, statistics.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (double statistic : statistics) {
            doubles.putDouble(fold.end(statistic));
        }
        TensorData wide = TensorData.of(doubles.flip());
        return dtype() == DType.F64 ? wide : new DTypeConversion(wide, DType.F64, dtype());
    }

    /** The statistics of all places of the result. */
    private final class Sums implements LazyTensors.Reduction<double[]> {
        private final long[] sizes =
                tensor.shape().dimensions().stream().mapToLong(Long::longValue).toArray();
        private final long[] strides = new long[sizes.length];

        Sums() {
            long stride = 1;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                boolean isGone = axes.contains(axis);
                strides[axis] = isGone ? 0 : stride;
                stride *= isGone ? 1 : sizes[axis];
            }
        }

        @Override
        public double[] start() {
            double[] start = new double[Math.toIntExact(shape().elementCount())];
            Arrays.fill(start, fold.start());
            return start;
        }

        @Override
        public double[] add(double[] sofar, long first, ElementBlock block, int count) {
            double[] elements = block.doubles();
            long[] place = new long[sizes.length];
            int to = 0;
            long rest = first;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                place[axis] = rest % sizes[axis];
                rest /= sizes[axis];
                to += (int) (place[axis] * strides[axis]);
            }
            for (int i = 0; i < count; i++) {
                sofar[to] = fold.add(sofar[to], elements[i]);
                for (int axis = sizes.length - 1; axis >= 0; axis--) {
                    to += (int) strides[axis];
                    if (++place[axis] < sizes[axis]) {
                        break;
                    }
                    to -= (int) (strides[axis] * sizes[axis]);
                    place[axis] = 0;
                }
            }
            return sofar;
        }

        @Override
        public double[] merge(double[] before, double[] after) {
            for (int i = 0; i < before.length; i++) {
                before[i] = fold.merge(before[i], after[i]);
            }
            return before;
        }
    }
}
