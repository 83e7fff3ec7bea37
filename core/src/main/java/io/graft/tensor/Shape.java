package io.graft.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Dimensions of a tensor, outermost first; a scalar has none. */
public final class Shape {
    /** The shape of a scalar. */
    public static final Shape SCALAR = of();

    // Not boxed: a plan has hundreds of thousands of shapes.
    private final long[] dimensions;

    /**
     * @param dimensions sizes, each zero or more
     */
    public Shape(List<Long> dimensions) {
        this(unboxed(dimensions));
    }

    private Shape(long[] dimensions) {
        for (long size : dimensions) {
            if (size < 0) {
                throw new IllegalArgumentException("a dimension must not be negative: " + size);
            }
        }
        this.dimensions = dimensions;
    }

    private static long[] unboxed(List<Long> dimensions) {
        long[] sizes = new long[dimensions.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = dimensions.get(i);
        }
        return sizes;
    }

    /** The shape with the given dimensions. */
    public static Shape of(long... dimensions) {
        return new Shape(dimensions.clone());
    }

    /** The shape of one element in so many dimensions. */
    public static Shape ones(int rank) {
        long[] sizes = new long[rank];
        Arrays.fill(sizes, 1);
        return new Shape(sizes);
    }

    /** Sizes, outermost first. */
    public List<Long> dimensions() {
        return Arrays.stream(dimensions).boxed().toList();
    }

    /** Number of dimensions. */
    public int rank() {
        return dimensions.length;
    }

    /** Size of one dimension. */
    public long dimension(int index) {
        return dimensions[index];
    }

    /** The same with another size of one dimension. */
    public Shape with(int index, long size) {
        long[] changed = dimensions.clone();
        changed[index] = size;
        return new Shape(changed);
    }

    /**
     * Number of elements: the product of the dimensions, 1 for a scalar.
     *
     * @throws ArithmeticException if the product exceeds a {@code long}
     */
    public long elementCount() {
        long count = 1;
        for (long size : dimensions) {
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    /**
     * Where an element stands.
     *
     * @param element its number, counted with the last dimension fastest
     * @return its index along each dimension
     */
    public List<Long> place(long element) {
        Long[] place = new Long[dimensions.length];
        long rest = element;
        for (int i = place.length - 1; i >= 0; i--) {
            place[i] = rest % dimensions[i];
            rest /= dimensions[i];
        }
        return List.of(place);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /** The dimensions as PyTorch prints them: {@code [3, 4]}. */
    @Override
    public String toString() {
        return Arrays.stream(dimensions).mapToObj(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
