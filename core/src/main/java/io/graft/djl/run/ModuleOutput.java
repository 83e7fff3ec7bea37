package io.graft.djl.run;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.NamedTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Stands in a tree for a block, does as that does, and keeps what it gives. */
final class ModuleOutput extends AbstractBlock {
    private final Block block;
    private List<NamedTensor> outputs = List.of();
    private int runs;
    private boolean last;

    ModuleOutput(Block block) {
        this.block = block;
    }

    /** Ends a forward when there is nothing more to be had from it. */
    static final class Reached extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Reached() {
            super("what was asked for is there", null, false, false);
        }
    }

    /**
     * Forgets what was given.
     *
     * @param ends whether the next forward may end with this block
     */
    void begin(boolean ends) {
        outputs = List.of();
        runs = 0;
        last = ends;
    }

    /** How often the block ran. */
    int runs() {
        return runs;
    }

    /** What it gave. */
    List<NamedTensor> outputs() {
        return outputs;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList given = block.forward(store, inputs, training, params);
        try {
            // At once, since a block may write over what another one gave.
            outputs = ForwardPass.outputs(given, String::valueOf);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        runs++;
        if (last) {
            throw new Reached();
        }
        return given;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return block.getOutputShapes(inputs);
    }
}
