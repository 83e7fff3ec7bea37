package io.graft.djl.program;

import ai.djl.Model;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.commit.InPlace;
import io.graft.djl.overwrite.Crew;
import io.graft.djl.run.LoadedFlags;
import java.io.IOException;
import java.util.Optional;

/** Values and flags of an open program's parameters, changed in place, and weights that it computes in their places. */
final class ScriptOverwrite implements TargetModel.Commit {
    private final Model model;
    private final InPlace inPlace;
    private final Optional<Recomputation> recomputation;
    private final Runnable whenFinal;
    private boolean open = true;

    private ScriptOverwrite(Model model, InPlace inPlace, Optional<Recomputation> recomputation, Runnable whenFinal) {
        this.model = model;
        this.inPlace = inPlace;
        this.recomputation = recomputation;
        this.whenFinal = whenFinal;
    }

    /**
     * @param recomputation which weights are computed otherwise than before
     * @param whenFinal is run when the model has its block
     * @throws IOException if new values cannot be read, or old ones not saved; the program is then as it was
     * @throws RollBackException if it is not as it was then
     */
    static ScriptOverwrite carryOut(
            Model model, InPlace inPlace, Optional<Recomputation> recomputation, ValueWatch watch, Runnable whenFinal)
            throws IOException {
        ScriptOverwrite commit = new ScriptOverwrite(model, inPlace, recomputation, whenFinal);
        try {
            Crew.lead(() -> commit.carryOut(watch));
        } catch (Throwable failure) {
            try (inPlace) {
                commit.undo();
            } catch (RollBackException worse) {
                worse.addSuppressed(failure);
                throw worse;
            }
            throw failure;
        }
        return commit;
    }

    private void carryOut(ValueWatch watch) throws IOException {
        if (recomputation.isPresent()) {
            recomputation.get().bring(watch);
        }
        inPlace.carryOut();
        recomputation.ifPresent(Recomputation::install);
    }

    private void undo() {
        try {
            inPlace.undo();
        } finally {
            recomputation.ifPresent(Recomputation::undo);
        }
    }

    @Override
    public void rollBack() {
        if (open) {
            open = false;
            undo();
        }
    }

    @Override
    public void close() {
        try (inPlace) {
            if (open) {
                open = false;
                inPlace.clearGradients();
                LoadedFlags.keep(model, recomputation.map(Recomputation::result).orElseGet(model::getBlock));
                recomputation.ifPresent(Recomputation::makeFinal);
                whenFinal.run();
            }
        }
    }
}
