package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.graft.ModelTarget;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** Carries changes out on a block, and undoes them until it is closed. */
final class BlockCommit implements ModelTarget.Commit {
    private final BlockChanges changes;
    private final Runnable whenFinal;
    private final Crew crew = new Crew();
    private final UndoLog undo = new UndoLog(crew);
    private State state = State.OPEN;

    private enum State {
        OPEN,
        ROLLED_BACK,
        CLOSED
    }

    private BlockCommit(BlockChanges changes, Runnable whenFinal) {
        this.changes = changes;
        this.whenFinal = whenFinal;
    }

    /**
     * @param whenFinal what is done, once, when the commit can no longer be undone
     * @throws IOException if new values cannot be read, or old ones not saved; the block is then as it was
     */
    static BlockCommit carryOut(BlockChanges changes, Runnable whenFinal) throws IOException {
        BlockCommit commit = new BlockCommit(changes, whenFinal);
        try {
            Crew.lead(commit::carryOut);
        } catch (Throwable failure) {
            try (commit) {
                commit.rollBack();
            } catch (RuntimeException worse) {
                failure.addSuppressed(worse);
            }
            throw failure;
        }
        return commit;
    }

    private void carryOut() throws IOException {
        try (SpillFile ahead = new SpillFile();
                Overwriter overwriter = new Overwriter(crew, undo)) {
            // Values that come from this model are read before any of them is overwritten.
            Map<BlockChanges.Values, TensorData> readAhead = new HashMap<>();
            for (BlockChanges.Values change : changes.values()) {
                if (change.readModel()) {
                    readAhead.put(change, ahead.append(change.value().materialize()));
                }
            }
            for (BlockChanges.Values change : changes.values()) {
                TensorData values = readAhead.get(change);
                overwriter.write(
                        change.parameter().getArray(),
                        values == null ? change.value().materialize() : values);
            }
            overwriter.finish();
            for (BlockChanges.Flag change : changes.flags()) {
                undo.saveFlags(change.parameter());
                change.parameter().freeze(!change.trainable());
            }
        }
    }

    @Override
    public void rollBack() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("the commit is final: it was closed");
        }
        state = State.ROLLED_BACK;
        try {
            Crew.lead(undo::undo);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        State before = state;
        state = State.CLOSED;
        try (crew;
                undo) {
            if (before == State.OPEN) {
                changes.flags().stream()
                        .filter(change -> !change.trainable())
                        .forEach(change -> clearGradient(change.parameter()));
                whenFinal.run();
            }
        } catch (IOException unclosed) {
            throw new UncheckedIOException(unclosed);
        }
    }

    /** A gradient that stays behind would be applied at the first step after the parameter is trained again. */
    private static void clearGradient(Parameter frozen) {
        NDArray array = frozen.getArray();
        array.setRequiresGradient(true); // DJL hands out gradients of such arrays only
        try (NDArray gradient = array.getGradient();
                NDManager scope = array.getManager().newSubManager(array.getDevice())) {
            gradient.set(new NDIndex("..."), scope.zeros(new Shape(), gradient.getDataType()));
        } finally {
            array.setRequiresGradient(false);
        }
    }
}
