package io.graft.djl.program;

import ai.djl.Model;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.djl.commit.InPlace;
import io.graft.djl.overwrite.Crew;
import io.graft.djl.run.LoadedFlags;
import java.io.IOException;

/** Values and flags of an open program's parameters, changed in place. */
final class ScriptOverwrite implements TargetModel.Commit {
    private final Model model;
    private final InPlace inPlace;
    private boolean open = true;

    private ScriptOverwrite(Model model, InPlace inPlace) {
        this.model = model;
        this.inPlace = inPlace;
    }

    /**
     * @throws IOException if new values cannot be read, or old ones not saved; the program is then as it was
     * @throws RollBackException if it is not as it was then
     */
    static ScriptOverwrite carryOut(Model model, InPlace inPlace) throws IOException {
        ScriptOverwrite commit = new ScriptOverwrite(model, inPlace);
        try {
            Crew.lead(inPlace::carryOut);
        } catch (Throwable failure) {
            try (inPlace) {
                inPlace.undo();
            } catch (RollBackException worse) {
                worse.addSuppressed(failure);
                throw worse;
            }
            throw failure;
        }
        return commit;
    }

    @Override
    public void rollBack() {
        open = false;
        inPlace.undo();
    }

    @Override
    public void close() {
        try (inPlace) {
            if (open) {
                open = false;
                inPlace.clearGradients();
                LoadedFlags.keep(model, model.getBlock());
            }
        }
    }
}
