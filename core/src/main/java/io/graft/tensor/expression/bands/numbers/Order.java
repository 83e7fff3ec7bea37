package io.graft.tensor.expression.bands.numbers;

import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where elements are taken from that are counted row by row: some of them several times or not at all, along axes.
 *
 * @param sizes of the axes
 * @param strides how far apart elements lie that are neighbours on an axis
 * @param offset where the first one lies
 */
public record Order(List<Long> sizes, List<Long> strides, long offset) {
    /** Joins axes that are one, and leaves out those of one element. */
    public Order {
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
    public static List<Long> stridesOf(Shape shape) {
        return stridesOf(shape.dimensions());
    }

    private static List<Long> stridesOf(List<Long> sizes) {
        Long[] strides = new Long[sizes.size()];
        long stride = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes.get(axis);
        }
        return List.of(strides);
    }

    /** How many elements are taken. */
    public long count() {
        return sizes.stream().reduce(1L, (left, right) -> left * right);
    }

    /** Elements that follow each other where they are taken from, too. */
    public long run() {
        int last = sizes.size() - 1;
        return strides.get(last) == 1 ? sizes.get(last) : 1;
    }

    /** Whether all are taken from where they are. */
    public boolean isPlain() {
        return offset == 0 && run() == count();
    }

    /** Where an element is taken from. */
    public long at(long element) {
        long rest = element;
        long at = offset;
        for (int axis = sizes.size() - 1; axis >= 0; axis--) {
            at += rest % sizes.get(axis) * strides.get(axis);
            rest /= sizes.get(axis);
        }
        return at;
    }

    /** What some are taken from, and no more than lies between. */
    public Range reach(Range range) {
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

    /** Takes elements that are neighbours on the last axis. */
    @FunctionalInterface
    public interface Run {
        /**
         * Takes some.
         *
         * @param done how many were taken before
         * @param from where the first is taken from
         * @param stride how far apart they lie there
         */
        void take(int done, long from, long stride, int length);
    }

    /** Goes through elements in order. */
    public void walk(Range range, Run run) {
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

    /**
     * The same elements, where they come from others in an order of their own: of what is taken, from where it is taken in turn. Empty if
     * an axis of this order does not go with the axes of that one.
     */
    public Optional<Order> of(Order inner) {
        List<Long> newSizes = new ArrayList<>();
        List<Long> newStrides = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            if (!inner.split(sizes.get(axis), strides.get(axis), newSizes, newStrides)) {
                return Optional.empty();
            }
        }
        return offset == 0 ? Optional.of(new Order(newSizes, newStrides, inner.offset)) : Optional.empty();
    }

    /** Adds the axes that another, along which this order's elements lie a step apart, consists of. */
    private boolean split(long size, long step, List<Long> toSizes, List<Long> toStrides) {
        List<Long> counts = stridesOf(sizes);
        int at = toSizes.size();
        long rest = size;
        long next = step;
        for (int axis = sizes.size() - 1; axis >= 0; axis--) {
            long count = counts.get(axis);
            if (next >= count * sizes.get(axis)) {
                continue;
            }
            long by = next / count;
            if (next < count || next % count != 0) {
                return false;
            }
            long room = sizes.get(axis) / by;
            boolean ends = rest <= room;
            if (!ends && (sizes.get(axis) % by != 0 || rest % room != 0)) {
                return false;
            }
            toSizes.add(at, ends ? rest : room);
            toStrides.add(at, by * strides.get(axis));
            if (ends) {
                return true;
            }
            rest /= room;
            next = count * sizes.get(axis);
        }
        return false;
    }

    /**
     * The order of groups, and that of the elements once the groups are in theirs.
     *
     * @param groups which of them follow each other
     * @param elements of the groups in that order
     */
    public record Grouped(Order groups, Order elements) {}

    /**
     * The same order in two steps, for elements of which so many beside each other come out of one; empty if one of its axes is neither
     * inside groups nor across them.
     */
    public Optional<Grouped> inGroups(long each) {
        List<Long> newSizes = new ArrayList<>();
        List<Long> newStrides = new ArrayList<>();
        List<Long> groupSizes = new ArrayList<>();
        List<Long> groupStrides = new ArrayList<>();
        for (int axis = 0; axis < sizes.size(); axis++) {
            long size = sizes.get(axis);
            long stride = strides.get(axis);
            boolean isAcross = stride > 0 && stride % each == 0;
            boolean isInside = stride > 0 && stride < each && each % stride == 0;
            if (!isAcross && (!isInside || (size * stride > each && size * stride % each != 0))) {
                return Optional.empty();
            }
            long groups = isAcross ? size : Math.max(1, size * stride / each);
            groupSizes.add(groups);
            groupStrides.add(isAcross ? stride / each : 1L);
            newSizes.add(groups);
            newStrides.add(0L);
            newSizes.add(size / groups);
            newStrides.add(stride);
        }
        List<Long> counts = stridesOf(groupSizes);
        for (int axis = 0; axis < groupSizes.size(); axis++) {
            newStrides.set(2 * axis, counts.get(axis) * each);
        }
        return offset == 0
                ? Optional.of(new Grouped(new Order(groupSizes, groupStrides, 0), new Order(newSizes, newStrides, 0)))
                : Optional.empty();
    }
}
