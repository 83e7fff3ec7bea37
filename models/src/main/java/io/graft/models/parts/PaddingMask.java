package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** What keeps attention from positions that only fill sequences up. */
public final class PaddingMask {
    private PaddingMask() {}

    /**
     * The mask as it is added to scores: 0 where a position is seen, and the lowest number where it is not.
     *
     * @param seen 1 where a position is seen, 0 where it is not: [B, S], or [B, S, S] with the positions that look first
     * @return [B, 1, 1 or S, S]
     * @throws IllegalArgumentException if it has another number of dimensions
     */
    public static NDArray additive(NDArray seen) {
        Shape shape = seen.getShape();
        if (shape.dimension() != 2 && shape.dimension() != 3) {
            throw new IllegalArgumentException("`attention_mask` has the shape " + shape + ", not (batch, positions)");
        }
        long rows = shape.dimension() == 2 ? 1 : shape.get(1);
        NDArray spread =
                seen.toType(DataType.FLOAT32, false).reshape(shape.get(0), 1, rows, shape.get(shape.dimension() - 1));
        return spread.neg().add(1).mul(-Float.MAX_VALUE);
    }
}
