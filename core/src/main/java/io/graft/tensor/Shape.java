package io.graft.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Dimensions of a tensor, outermost first; a scalar has none.
 *
 * @param dimensions sizes, each zero or more
 */
public record Shape(List<Long> dimensions) {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dimensions = List.copyOf(dimensions);
        // By index, here and below: an iterator for each of hundreds of thousands of shapes is what planning would be
        // made of.
        for (int i = 0; i < dimensions.size(); i++) {
            if (dimensions.get(i) < 0) {
                throw new IllegalArgumentException("a dimension must not be negative: " + dimensions.get(i));
            }
        }
    }

    /** The shape with the given dimensions. */
    public static Shape of(long... dimensions) {
        return new Shape(Arrays.stream(dimensions).boxed().toList());
    }

    /** Number of dimensions. */
    public int rank() {
        return dimensions.size();
    }

    /** Size of one dimension. */
    public long dimension(int index) {
        return dimensions.get(index);
    }

    /**
     * Number of elements: the product of the dimensions, 1 for a scalar.
     *
     * @throws ArithmeticException if the product exceeds a {@code long}
     */
    public long elementCount() {
        long count = 1;
        for (int i = 0; i < dimensions.size(); i++) {
            count = Math.multiplyExact(count, (long) dimensions.get(i));
        }
        return count;
    }

    // Written out: what a record has by itself is put together when it is first called, and interpreted in a short
    // process.
    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && dimensions.equals(shape.dimensions);
    }

    @Override
    public int hashCode() {
        return dimensions.hashCode();
    }

    /** The dimensions as PyTorch prints them: {@code [3, 4]}. */
    @Override
    public String toString() {
        return dimensions.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
    }
}
