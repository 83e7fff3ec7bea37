package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.torchscript.ScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A program that is loaded beside an open one, and takes its place when the commit is final. Until then the open one is as it was. */
final class ScriptReload implements TargetModel.Commit {
    private final Model model;
    private final Model beside;
    private boolean open = true;

    private ScriptReload(Model model, Model beside) {
        this.model = model;
        this.beside = beside;
    }

    /**
     * @throws IOException if the new program cannot be written
     * @throws BlockModelException if the engine cannot load it
     */
    static ScriptReload carryOut(Model model, ScriptArchive archive, Plan plan, ValueWatch watch) throws IOException {
        try (EditedFile file = EditedFile.write(archive, plan, watch)) {
            return new ScriptReload(model, load(model, file.path(), plan));
        }
    }

    private static Model load(Model model, Path file, Plan plan) throws IOException {
        Model beside = Model.newInstance(
                model.getName(),
                model.getNDManager().getDevice(),
                PyTorchEngine.start().getEngineName());
        try {
            ScriptRun.load(beside, file, plan.tensors());
            return beside;
        } catch (IOException | RuntimeException | Error failure) {
            beside.close();
            throw failure;
        }
    }

    @Override
    public void rollBack() {
        if (open) {
            open = false;
            beside.close();
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Block before = model.getBlock();
            // The new program lives as long as the model.
            model.getNDManager().attachInternal(UUID.randomUUID().toString(), beside);
            LoadedFlags.keep(model, beside.getBlock());
            if (before instanceof AutoCloseable program) {
                close(program);
            }
        }
    }

    private static void close(AutoCloseable program) {
        try {
            program.close();
        } catch (Exception failure) {
            throw new IllegalStateException("the program that was open before cannot be closed", failure);
        }
    }
}
