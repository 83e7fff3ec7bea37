package io.graft.djl.array;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of rows of an array: what passes between Java and the engine at once. The engine's buffers end at 2 GiB, so a larger
 * array is cut along its first dimension.
 *
 * @param offset first byte in the array
 * @param length number of bytes
 * @param from first row
 * @param to row after the last
 * @param shape dimensions of the run
 * @param whole whether it is the entire array
 */
public record Slab(long offset, int length, long from, long to, Shape shape, boolean whole) {
    /** Bytes that are copied at once where a copy is needed. */
    static final int LIMIT = 16 << 20;

    /**
     * Cuts an array; an array without elements has no slab.
     *
     * @param limit bytes of the largest slab, unless a single row is larger
     * @throws IllegalArgumentException if a single row has 2 GiB or more
     */
    static List<Slab> of(Shape shape, int elementBytes, int limit) {
        long total = Math.multiplyExact(shape.size(), (long) elementBytes);
        if (total == 0) {
            return List.of();
        }
        if (shape.isScalar() || total <= limit) {
            return List.of(new Slab(0, (int) total, 0, 0, shape, true));
        }
        long rows = shape.get(0);
        long rowBytes = total / rows;
        if (rowBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a row of " + shape + " has " + rowBytes + " bytes, and DJL moves 2 GiB at most");
        }
        long step = Math.max(1, limit / rowBytes);
        List<Slab> slabs = new ArrayList<>();
        for (long from = 0; from < rows; from += step) {
            long to = Math.min(rows, from + step);
            Shape part = new Shape(to - from).addAll(shape.slice(1));
            slabs.add(new Slab(from * rowBytes, (int) ((to - from) * rowBytes), from, to, part, false));
        }
        return slabs;
    }

    /** The engine's index for these rows; a new one each time, because reading changes it. */
    NDIndex index() {
        return whole ? new NDIndex("...") : new NDIndex("{}:{}", from, to);
    }
}
