package io.graft.djl.program;

/**
 * PyTorch's optimizer of programs. Where it has optimized one for training, the same program fails in inference: "Inference tensors
 * cannot be saved for backward". DJL asks for a property in each forward.
 */
final class GraphOptimizer {
    private static final String PROPERTY = "ai.djl.pytorch.graph_optimizer";

    private GraphOptimizer() {}

    /** Switches it off, unless somebody has said whether it is on. */
    static void off() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, "false");
        }
    }
}
