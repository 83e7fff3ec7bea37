package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.graft.ModelTarget;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Carries changes out on a block, and undoes them until it is closed. */
final class BlockCommit implements ModelTarget.Commit {
    private final List<BlockChanges.Flag> flags;
    private final UndoLog undo;
    private final Runnable whenFinal;
    private State state = State.OPEN;

    private enum State {
        OPEN,
        ROLLED_BACK,
        CLOSED
    }

    private BlockCommit(List<BlockChanges.Flag> flags, UndoLog undo, Runnable whenFinal) {
        this.flags = flags;
        this.undo = undo;
        this.whenFinal = whenFinal;
    }

    /**
     * @param whenFinal what is done, once, when the commit can no longer be undone
     * @throws IOException if new values cannot be read, or old ones not saved; the block is then as it was
     */
    static BlockCommit carryOut(BlockChanges changes, Runnable whenFinal) throws IOException {
        WeightWriter writer = new WeightWriter();
        UndoLog undo = new UndoLog(writer);
        try (SpillFile ahead = new SpillFile()) {
            // Values that come from this model are read before any of them is overwritten.
            Map<BlockChanges.Values, TensorData> readAhead = new HashMap<>();
            for (BlockChanges.Values change : changes.values()) {
                if (change.readModel()) {
                    readAhead.put(change, ahead.append(change.value().materialize()));
                }
            }
            for (BlockChanges.Values change : changes.values()) {
                TensorData values = readAhead.get(change);
                undo.saveValues(change.parameter());
                writer.write(
                        change.parameter().getArray(),
                        values == null ? change.value().materialize() : values);
            }
            for (BlockChanges.Flag change : changes.flags()) {
                undo.saveFlags(change.parameter());
                change.parameter().freeze(!change.trainable());
            }
        } catch (Throwable failure) {
            try (undo) {
                undo.undo();
            } catch (IOException | RuntimeException worse) {
                failure.addSuppressed(worse);
            }
            throw failure;
        }
        return new BlockCommit(changes.flags(), undo, whenFinal);
    }

    @Override
    public void rollBack() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("the commit is final: it was closed");
        }
        state = State.ROLLED_BACK;
        undo.undo();
    }

    @Override
    public void close() {
        State before = state;
        state = State.CLOSED;
        try (undo) {
            if (before == State.OPEN) {
                flags.stream()
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
