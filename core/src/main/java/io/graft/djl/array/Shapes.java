package io.graft.djl.array;

import io.graft.tensor.Shape;

/** Shapes of the two worlds. */
public final class Shapes {
    private Shapes() {}

    public static Shape of(ai.djl.ndarray.types.Shape shape) {
        return Shape.of(shape.getShape());
    }

    public static ai.djl.ndarray.types.Shape engine(Shape shape) {
        return new ai.djl.ndarray.types.Shape(shape.dimensions());
    }
}
