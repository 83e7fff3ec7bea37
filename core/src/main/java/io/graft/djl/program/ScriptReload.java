package io.graft.djl.program;

import ai.djl.Model;
import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.run.LoadedFlags;
import io.graft.djl.run.PyTorchEngine;
import io.graft.torchscript.ScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/** A program that is loaded beside an open one, and takes its place when the commit is final. Until then the open one is as it was. */
final class ScriptReload implements TargetModel.Commit {
    private final Model model;
    private final Model beside;
    private final OpenProgram program;
    private final Consumer<OpenProgram> become;
    private boolean open = true;

    private ScriptReload(Model model, Model beside, OpenProgram program, Consumer<OpenProgram> become) {
        this.model = model;
        this.beside = beside;
        this.program = program;
        this.become = become;
    }

    /**
     * @param become takes the program as it is when the commit is final
     * @throws IOException if the new program cannot be written
     * @throws io.graft.djl.forward.BlockModelException if the engine cannot load it
     */
    static ScriptReload carryOut(
            Model model, ScriptArchive archive, Plan plan, ValueWatch watch, Consumer<OpenProgram> become)
            throws IOException {
        EditedFile file = EditedFile.write(archive, plan, watch);
        try {
            Model beside = load(model, file.path(), plan);
            try {
                OpenProgram program =
                        OpenProgram.of(beside.getBlock(), file, archive.path().toString());
                return new ScriptReload(model, beside, program, become);
            } catch (IOException | RuntimeException | Error failure) {
                beside.close();
                throw failure;
            }
        } catch (IOException | RuntimeException | Error failure) {
            file.close();
            throw failure;
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
            program.close();
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
            become.accept(program);
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
