package io.graft.djl.run;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;

/**
 * DJL's {@code newTrainer} makes every parameter of a <em>loaded</em> model trainable, which would undo a freeze. A model that is given
 * its block is no loaded one any more; then trainable parameters need the gradients that {@code newTrainer} would have given them.
 */
public final class LoadedFlags {
    private LoadedFlags() {}

    /** Gives a model its block, or another one, so that what is frozen stays frozen. */
    public static void keep(Model model, Block block) {
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.requiresGradient() && !parameter.getArray().hasGradient()) {
                parameter.getArray().setRequiresGradient(true);
            }
        }
        model.setBlock(block);
    }
}
