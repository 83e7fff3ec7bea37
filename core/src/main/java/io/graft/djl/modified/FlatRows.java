package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Rows of any number of axes as one matrix, and back: the engine adds to the product of a matrix while it multiplies, and by a pass of its own
 * to any other.
 */
final class FlatRows {
    private FlatRows() {}

    /** A view of all rows; the array itself if it is a matrix, or less. */
    static NDArray of(NDArray rows) {
        Shape shape = rows.getShape();
        int last = shape.dimension() - 1;
        return last <= 1 ? rows : rows.reshape(shape.slice(0, last).size(), shape.get(last));
    }

    /** Products of rows with the axes that the rows had; a view, or the array itself. */
    static NDArray back(NDArray products, Shape rows) {
        int last = rows.dimension() - 1;
        return last <= 1
                ? products
                : products.reshape(rows.slice(0, last).add(products.getShape().get(1)));
    }
}
