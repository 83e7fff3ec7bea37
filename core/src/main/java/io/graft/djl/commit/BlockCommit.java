package io.graft.djl.commit;

import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.overwrite.Crew;
import java.io.IOException;
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
    private final InPlace inPlace;
    private final boolean undo;
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
            boolean undo,
            Consumer<Block> whenFinal) {
        this.changes = changes;
        this.undo = undo;
        this.restructuring = restructuring;
        this.claim = claim;
        this.watch = watch;
        this.whenFinal = whenFinal;
        this.inPlace = new InPlace(changes.values(), changes.flags(), watch, undo);
        this.remodelling = changes.training().map(training -> new Remodelling(changes.stacks(), training));
    }

    /**
     * @param planned what the plan changes in the block
     * @param wrapping when whoever has the block takes another one that wraps it
     * @param watch sees the values on their way
     * @param undo whether old values are kept until the commit is final
     * @param whenFinal takes the block that the model has from then on, once, when the commit can no longer be undone
     * @throws IOException if new values cannot be read, or old ones not saved; the block is then as it was
     * @throws IllegalArgumentException if the plan cannot be carried out with the modules that it brings; the block is then as it was
     * @throws RollBackException if the block is not as it was then
     * @throws IllegalStateException if another commit has a parameter of the block in its hands
     */
    public static BlockCommit carryOut(
            Plan plan,
            BlockChanges planned,
            Wrapping wrapping,
            ValueWatch watch,
            boolean undo,
            Consumer<Block> whenFinal)
            throws IOException {
        Block block = planned.stacks().root();
        Claim claim = Claim.to(block.getParameters().values());
        BlockCommit commit = begin(plan, planned, wrapping, claim, watch, undo, whenFinal);
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
            Wrapping wrapping,
            Claim claim,
            ValueWatch watch,
            boolean undo,
            Consumer<Block> whenFinal) {
        Block block = planned.stacks().root();
        PlannedModules modules = PlannedModules.of(plan);
        Restructuring restructuring = new Restructuring(modules, block);
        try {
            restructuring.carryOut();
            BlockChanges changes = modules.isEmpty() ? planned : BlockChanges.restructured(plan, block, wrapping);
            changes.requireNoErrors();
            return new BlockCommit(changes, restructuring, claim, watch, undo, whenFinal);
        } catch (Throwable failure) {
            try (claim) {
                restructuring.undo();
            }
            throw failure;
        }
    }

    private void carryOut() throws IOException {
        // Values that come from this model are read before any of them is overwritten.
        if (remodelling.isPresent()) {
            remodelling.get().bring(watch);
        }
        inPlace.carryOut();
        if (remodelling.isPresent()) {
            remodelling.get().install();
            inPlace.giveUp(remodelling.get().givenUp());
        }
    }

    @Override
    public boolean keepsOldValues() {
        return undo;
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
                inPlace.undo();
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
                inPlace) {
            if (state == State.OPEN) {
                makeFinal();
            }
        }
        state = State.CLOSED;
    }

    private void makeFinal() {
        try {
            inPlace.clearGradients();
            whenFinal.accept(
                    remodelling.map(Remodelling::result).orElse(changes.stacks().root()));
            remodelling.ifPresentOrElse(Remodelling::makeFinal, this::forgetComputed);
        } catch (RuntimeException | Error failure) {
            rollBackAfter(failure);
            throw failure;
        }
    }
}
