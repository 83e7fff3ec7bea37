package io.graft.djl;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.RollBackException;
import io.graft.extension.Thrown;
import io.graft.problem.FirstFew;

/** Stands in the place of a block whose values are mixed, so that nobody computes with them. */
final class UnusableBlock extends AbstractBlock {
    private final Block mixed;
    private final String reason;

    UnusableBlock(Block mixed, RollBackException cause) {
        this.mixed = mixed;
        Throwable first = cause.getSuppressed().length > 0 ? cause.getSuppressed()[0] : cause;
        this.reason = "the model holds old and new values mixed in " + FirstFew.names(cause.tensors())
                + ", because a run without undo failed: " + Thrown.sentence(Thrown.root(first))
                + "; load it again before it is used";
    }

    String reason() {
        return reason;
    }

    @Override
    public BlockList getChildren() {
        return mixed.getChildren();
    }

    @Override
    public ParameterList getDirectParameters() {
        return mixed.getDirectParameters();
    }

    @Override
    public boolean isInitialized() {
        return true;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        throw new IllegalStateException(reason);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        throw new IllegalStateException(reason);
    }
}
