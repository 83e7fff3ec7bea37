package io.graft.djl.modified;

import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.core.Linear;
import io.graft.djl.swap.BlockState;
import org.jspecify.annotations.Nullable;

/**
 * What a layer has that stands in the place of a {@link Linear}.
 *
 * @param original what it stands for
 * @param weight of both
 * @param bias of both; null if they have none
 */
record StandIn(Linear original, Parameter weight, @Nullable Parameter bias) {
    /** Gives a new layer the state of the one in whose place it stands. */
    static StandIn of(Linear original, Linear layer) {
        BlockState.copy(Linear.class, original, layer);
        ParameterList own = layer.getDirectParameters();
        return new StandIn(original, own.get("weight"), own.contains("bias") ? own.get("bias") : null);
    }

    /** The original with the state that the layer has now. */
    Linear back(Linear layer) {
        BlockState.copy(Linear.class, layer, original);
        return original;
    }
}
