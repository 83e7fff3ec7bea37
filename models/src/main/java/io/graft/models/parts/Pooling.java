package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.jspecify.annotations.Nullable;

/** How one vector for a sequence, [B, H], is made of its hidden states, [B, S, H], as by sentence-transformers. */
public enum Pooling {
    /** There is none. */
    NONE,
    /** Σ mₛ xₛ / Σ mₛ, where mₛ is 1 where a position is seen and 0 where it is not. */
    MEAN,
    /** x₀, which is of the token [CLS]. */
    CLS;

    /**
     * @param seen [B, S], or null if every position is seen
     * @throws IllegalArgumentException if the mean is asked for and {@code seen} tells it for each position that looks
     */
    public NDArray of(NDArray hidden, @Nullable NDArray seen) {
        return switch (this) {
            case NONE -> throw new IllegalStateException("there is no pooling");
            case MEAN -> seen == null ? hidden.mean(new int[] {1}) : mean(hidden, seen);
            case CLS -> hidden.get(":, 0");
        };
    }

    private static NDArray mean(NDArray hidden, NDArray seen) {
        Shape shape = seen.getShape();
        if (shape.dimension() != 2) {
            throw new IllegalArgumentException(
                    "`attention_mask` has the shape " + shape + ": the mean is taken by (batch, positions)");
        }
        NDArray weights = seen.toType(DataType.FLOAT32, false).expandDims(2);
        NDArray count = weights.sum(new int[] {1}).maximum(1e-9);
        return hidden.mul(weights).sum(new int[] {1}).div(count);
    }
}
