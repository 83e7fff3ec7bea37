package io.graft.models.parts;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.graft.djl.array.EngineNumbers;
import io.graft.djl.operators.Operator;
import io.graft.djl.operators.Operators;
import org.jspecify.annotations.Nullable;

/**
 * Attention in several heads (Vaswani et al. 2017, section 3.2): each takes its share of the width and computes
 * softmax(Q Kᵀ / √d + mask) V, where d is the width of a head.
 */
public final class Heads {
    private final int count;
    private final float dropout;

    /**
     * @param dropout in training, of the probabilities
     */
    public Heads(int count, float dropout) {
        this.count = count;
        this.dropout = dropout;
    }

    /**
     * @throws IllegalArgumentException if heads of one size do not make up the width
     */
    public static void requireShares(String widthKey, int width, String countKey, int count) {
        if (width % count != 0) {
            throw new IllegalArgumentException(
                    "`" + widthKey + "` " + width + " is no multiple of `" + countKey + "` " + count);
        }
    }

    /**
     * @param query [B, S, H], as key and value
     * @param mask added to the scores of each head, [B, 1, 1 or S, S]; null where every position is seen
     * @return [B, S, H]
     */
    public NDArray attend(NDArray query, NDArray key, NDArray value, @Nullable NDArray mask, boolean training) {
        return Hidden.of(new NDList(query, key, value), () -> attended(query, key, value, mask, training));
    }

    private NDArray attended(NDArray query, NDArray key, NDArray value, @Nullable NDArray mask, boolean training) {
        Shape shape = query.getShape();
        if (isFused(query, mask, training)) {
            NDArray q = shared(query);
            return (mask == null
                            ? Operators.run(Operator.ATTENTION, q, shared(key), shared(value))
                            : Operators.run(Operator.ATTENTION, q, shared(key), shared(value), mask))
                    .singletonOrThrow();
        }
        double scale = 1 / Math.sqrt((double) shape.get(2) / count);
        NDArray scores =
                split(EngineNumbers.times(query, scale)).matMul(split(key).transpose(0, 1, 3, 2));
        if (mask != null) {
            scores.addi(mask);
        }
        NDArray probabilities = Layers.dropout(scores.softmax(-1), dropout, training);
        // The largest array of a layer: what follows finds room in it.
        scores.close();
        NDArray context = probabilities.matMul(split(value)).transpose(0, 2, 1, 3);
        return context.reshape(shape);
    }

    /**
     * Whether the engine does it in one piece, which makes no array of the scores. It gives wrong gradients where a mask leaves a position
     * nothing to see.
     */
    private boolean isFused(NDArray query, @Nullable NDArray mask, boolean training) {
        return !(training && (dropout > 0 || mask != null))
                && query.getDevice().equals(Device.cpu())
                && query.getDataType() == DataType.FLOAT32
                && Operators.refusal(Operator.ATTENTION).isEmpty();
    }

    /** [B, S, H] as [B, A, S, H/A]. */
    private NDArray split(NDArray x) {
        return shared(x).transpose(0, 2, 1, 3);
    }

    /** [B, S, H] as [B, S, A, H/A]. */
    private NDArray shared(NDArray x) {
        return x.reshape(x.getShape().get(0), x.getShape().get(1), count, -1);
    }
}
