package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;

/** DJL's layers as transformers use them: on hidden states, [B, S, H]. */
public final class Layers {
    private Layers() {}

    public static Linear linear(int units) {
        return linear(units, true);
    }

    public static Linear linear(int units, boolean bias) {
        return Linear.builder().setUnits(units).optBias(bias).build();
    }

    /** Normalizes each position. */
    public static LayerNorm norm(float epsilon) {
        return LayerNorm.builder().axis(2).optEpsilon(epsilon).build();
    }

    /** Gives blocks their parameters, for hidden states of a width. */
    public static void initialize(NDManager manager, DataType type, int width, Block... blocks) {
        for (Block block : blocks) {
            block.initialize(manager, type, new Shape(1, 1, width));
        }
    }

    /** Runs a block that takes one array and gives one. */
    public static NDArray apply(Block block, ParameterStore store, NDArray x, boolean training) {
        Shape shape = x.getShape();
        if (block.getClass() != Linear.class || shape.dimension() <= 2) {
            return block.forward(store, new NDList(x), training).singletonOrThrow();
        }
        // The engine adds the bias in the product of a matrix, and by a pass of its own to that of anything else.
        NDArray products = block.forward(store, new NDList(x.reshape(-1, shape.tail())), training)
                .singletonOrThrow();
        long[] sizes = shape.getShape().clone();
        sizes[sizes.length - 1] = products.getShape().tail();
        return products.reshape(sizes);
    }

    /** In training some values are 0, and the others larger by as much. */
    public static NDArray dropout(NDArray x, float rate, boolean training) {
        return training && rate > 0 ? Dropout.dropout(x, rate, true).singletonOrThrow() : x;
    }

    /**
     * The sum of what a sublayer has made and what goes past it. In inference it takes the place of the first, unless the sublayer gave
     * back what it took; in training autograd may need that.
     */
    public static NDArray sum(NDArray made, NDArray past, boolean training) {
        return training || made == past ? made.add(past) : made.addi(past);
    }
}
