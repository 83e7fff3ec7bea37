package io.graft.tensor.expression.bands;

import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Elements in another order, some of them several times or not at all: broadcast, permuted, sliced, repeated.
 *
 * @param sizes of the axes
 * @param strides how far apart in the operand elements lie that are neighbours on an axis
 * @param offset where the first one lies in the operand
 */
record View(Step operand, List<Long> sizes, List<Long> strides, long offset) implements Step {
    View {
        List<Long> merged = new ArrayList<>();
        List<Long> mergedStrides = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            long size = sizes.get(axis);
            long stride = strides.get(axis);
            int last = merged.size() - 1;
            if (size != 1 && last >= 0 && mergedStrides.get(last) == stride * size) {
                merged.set(last, merged.get(last) * size);
                mergedStrides.set(last, stride);
            } else if (size != 1) {
                merged.add(size);
                mergedStrides.add(stride);
            }
        }
        if (merged.isEmpty()) {
            merged.add(1L);
            mergedStrides.add(1L);
        }
        sizes = List.copyOf(merged);
        strides = List.copyOf(mergedStrides);
    }

    /** How far apart neighbours lie in a tensor of a shape. */
    static List<Long> stridesOf(Shape shape) {
        Long[] strides = new Long[shape.rank()];
        long stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.dimension(axis);
        }
        return List.of(strides);
    }

    /** Elements in order that lie beside each other in the operand, too. */
    long run() {
        int last = sizes.size() - 1;
        return strides.get(last) == 1 ? sizes.get(last) : 1;
    }

    @Override
    public Kind kind() {
        return operand.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(operand);
    }

    @Override
    public Range reach(int at, Range range) {
        if (range.isEmpty()) {
            return Range.EMPTY;
        }
        long first = offset;
        long last = offset;
        long from = range.first();
        long to = range.end() - 1;
        long inner = 1;
        for (long size : sizes) {
            inner *= size;
        }
        boolean parted = false;
        for (int axis = 0; axis < sizes.size(); axis++) {
            inner /= sizes.get(axis);
            if (parted) {
                last += (sizes.get(axis) - 1) * strides.get(axis);
            } else {
                first += from / inner * strides.get(axis);
                last += to / inner * strides.get(axis);
                parted = from / inner != to / inner;
            }
            from %= inner;
            to %= inner;
        }
        return new Range(first, last + 1);
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            walk(range, (done, from, stride, length) -> operands[0].gather(to, done, from, stride, length));
        };
    }

    /** Takes elements that are neighbours on the last axis. */
    @FunctionalInterface
    interface Run {
        /**
         * Takes some.
         *
         * @param done how many were taken before
         * @param from where the first lies in the operand
         * @param stride how far apart they lie there
         */
        void take(int done, long from, long stride, int length);
    }

    /** Goes through elements in order. */
    void walk(Range range, Run run) {
        int last = sizes.size() - 1;
        long[] size = new long[sizes.size()];
        long[] stride = new long[size.length];
        for (int axis = 0; axis < size.length; axis++) {
            size[axis] = sizes.get(axis);
            stride[axis] = strides.get(axis);
        }
        long[] place = new long[size.length];
        long rest = range.first();
        long from = offset;
        for (int axis = last; axis >= 0; axis--) {
            place[axis] = rest % size[axis];
            rest /= size[axis];
            from += place[axis] * stride[axis];
        }
        int count = (int) range.count();
        for (int done = 0; done < count; ) {
            int next = (int) Math.min(count - done, size[last] - place[last]);
            run.take(done, from, stride[last], next);
            done += next;
            place[last] += next;
            from += next * stride[last];
            for (int axis = last; axis > 0 && place[axis] == size[axis]; axis--) {
                from += stride[axis - 1] - size[axis] * stride[axis];
                place[axis] = 0;
                place[axis - 1]++;
            }
        }
    }
}
