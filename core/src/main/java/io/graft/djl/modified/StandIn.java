package io.graft.djl.modified;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import io.graft.djl.swap.BlockState;
import org.jspecify.annotations.Nullable;

/**
 * What a layer has that stands in the place of another one.
 *
 * @param type the class of the other one
 * @param original what it stands for
 * @param weight of both
 * @param bias of both; null if they have none
 */
record StandIn<L extends Block>(
        Class<L> type,
        L original,
        Parameter weight,
        @Nullable Parameter bias) {
    /**
     * Gives a new layer the state of the one in whose place it stands.
     *
     * @param weight what the layers call their weight
     */
    static <L extends Block> StandIn<L> of(Class<L> type, String weight, L original, L layer) {
        BlockState.copy(type, original, layer);
        ParameterList own = layer.getDirectParameters();
        return new StandIn<>(type, original, own.get(weight), own.contains("bias") ? own.get("bias") : null);
    }

    /** The original with the state that the layer has now. */
    L back(L layer) {
        BlockState.copy(type, layer, original);
        return original;
    }
}
