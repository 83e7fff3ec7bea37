package io.graft.djl.commit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Plan;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.overwrite.Crew;
import io.graft.djl.overwrite.Overwriter;
import io.graft.djl.overwrite.SpillFile;
import io.graft.djl.overwrite.UndoLog;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Carries changes out on a block, and undoes them until it is closed. */
public final class BlockCommit implements TargetModel.Commit {
    private final BlockChanges changes;
    private final Restructuring restructuring;
    private final Claim claim;
    private final ValueWatch watch;
    private final Consumer<Block> whenFinal;
    private final Optional<Remodelling> remodelling;
    private final Crew crew = new Crew();
    private final UndoLog undo = new UndoLog(crew);
    private State state = State.OPEN;

    private enum State {
        OPEN,
        ROLLED_BACK,
        CLOSED
    }

    private BlockCommit(
            BlockChanges changes,
            Restructuring restructuring,
            Claim claim,
            ValueWatch watch,
            Consumer<Block> whenFinal) {
        this.changes = changes;
        this.restructuring = restructuring;
        this.claim = claim;
        this.watch = watch;
        this.whenFinal = whenFinal;
        this.remodelling =
                changes.stacks().changed() ? Optional.of(new Remodelling(changes.stacks())) : Optional.empty();
    }

    /**
     * @param planned what the plan changes in the block
     * @param watch sees the values on their way
     * @param whenFinal takes the block that the model has from then on, once, when the commit can no longer be undone
     * @throws IOException if new values cannot be read, or old ones not saved; the block is then as it was
     * @throws IllegalArgumentException if the plan cannot be carried out with the modules that it brings; the block is then as it was
     * @throws RollBackException if the block is not as it was then
     * @throws IllegalStateException if another commit has a parameter of the block in its hands
     */
    public static BlockCommit carryOut(
            Plan plan, BlockChanges planned, boolean wrappable, ValueWatch watch, Consumer<Block> whenFinal)
            throws IOException {
        Block block = planned.stacks().root();
        Claim claim = Claim.to(block.getParameters().values());
        BlockCommit commit = begin(plan, planned, wrappable, claim, watch, whenFinal);
        try {
            Crew.lead(commit::carryOut);
        } catch (Throwable failure) {
            try (commit) {
                commit.rollBackAfter(failure);
            }
            throw failure;
        }
        return commit;
    }

    /** Puts the modules in their places; what else is to be done is told by the block as it is then. */
    private static BlockCommit begin(
            Plan plan,
            BlockChanges planned,
            boolean wrappable,
            Claim claim,
            ValueWatch watch,
            Consumer<Block> whenFinal) {
        Block block = planned.stacks().root();
        PlannedModules modules = PlannedModules.of(plan);
        Restructuring restructuring = new Restructuring(modules, block);
        try {
            restructuring.carryOut();
            BlockChanges changes = modules.isEmpty() ? planned : BlockChanges.restructured(plan, block, wrappable);
            changes.requireNoErrors();
            return new BlockCommit(changes, restructuring, claim, watch, whenFinal);
        } catch (Throwable failure) {
            try (claim) {
                restructuring.undo();
            }
            throw failure;
        }
    }

    private void carryOut() throws IOException {
        try (SpillFile ahead = new SpillFile();
                Overwriter overwriter = new Overwriter(crew, undo)) {
            // Values that come from this model are read before any of them is overwritten.
            if (remodelling.isPresent()) {
                remodelling.get().bring(watch);
            }
            Map<BlockChanges.Values, TensorData> readAhead = new HashMap<>();
            for (BlockChanges.Values change : changes.values()) {
                if (change.readModel()) {
                    readAhead.put(change, ahead.append(materialize(change)));
                    watch.settle(change.tensor());
                }
            }
            for (BlockChanges.Values change : changes.values()) {
                TensorData values = readAhead.get(change);
                overwriter.write(
                        change.tensor().name(),
                        change.parameter().getArray(),
                        values == null ? materialize(change) : values);
            }
            overwriter.finish();
            watch.settle(
                    changes.values().stream().map(BlockChanges.Values::tensor).toList());
            for (BlockChanges.Flag change : changes.flags()) {
                undo.saveFlags(change.name(), change.parameter());
                change.parameter().freeze(!change.trainable());
            }
            remodelling.ifPresent(Remodelling::install);
        }
    }

    private TensorData materialize(BlockChanges.Values change) throws IOException {
        try {
            return watch.materialize(change.tensor());
        } finally {
            Crew.forgetInterrupt();
        }
    }

    @Override
    public void rollBack() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("the commit is final: it was closed");
        }
        boolean first = state == State.OPEN;
        state = State.ROLLED_BACK;
        try {
            if (first) {
                remodelling.ifPresent(Remodelling::undo);
            }
        } finally {
            try {
                undo.undo();
            } finally {
                restructuring.undo();
                forgetComputed();
            }
        }
    }

    /** What was computed of values that are no longer. */
    private void forgetComputed() {
        if (changes.stacks().root() instanceof ModifiedBlock modified) {
            modified.invalidate();
        }
    }

    private void rollBackAfter(Throwable failure) {
        try {
            rollBack();
        } catch (RollBackException worse) {
            worse.addSuppressed(failure);
            throw worse;
        }
    }

    @Override
    public void close() {
        try (claim;
                crew;
                undo) {
            if (state == State.OPEN) {
                makeFinal();
            }
        }
        state = State.CLOSED;
    }

    private void makeFinal() {
        try {
            changes.flags().stream()
                    .filter(change -> !change.trainable())
                    .forEach(change -> clearGradient(change.parameter()));
            whenFinal.accept(
                    remodelling.map(Remodelling::result).orElse(changes.stacks().root()));
            remodelling.ifPresent(Remodelling::makeFinal);
            forgetComputed();
        } catch (RuntimeException | Error failure) {
            rollBackAfter(failure);
            throw failure;
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
