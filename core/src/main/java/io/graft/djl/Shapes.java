package io.graft.djl;

import io.graft.tensor.Shape;

/** Shapes of the two worlds. */
final class Shapes {
    private Shapes() {}

    static Shape of(ai.djl.ndarray.types.Shape shape) {
        return Shape.of(shape.getShape());
    }

    static ai.djl.ndarray.types.Shape engine(Shape shape) {
        return new ai.djl.ndarray.types.Shape(shape.dimensions());
    }
}
