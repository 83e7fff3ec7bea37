package io.graft.djl.program;

import ai.djl.Model;
import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.run.LoadedFlags;
import io.graft.djl.run.PyTorchEngine;
import io.graft.torchscript.RecomputedWeights;
import io.graft.torchscript.ScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A program that is loaded beside an open one, and takes its place when the commit is final. Until then the open one is as it was. */
final class ScriptReload implements TargetModel.Commit {
    private final Model model;
    private final Model beside;
    private final OpenProgram program;
    private final Optional<Recomputation> recomputation;
    private final Consumer<OpenProgram> become;
    private boolean open = true;

    private ScriptReload(
            Model model,
            Model beside,
            OpenProgram program,
            Optional<Recomputation> recomputation,
            Consumer<OpenProgram> become) {
        this.model = model;
        this.beside = beside;
        this.program = program;
        this.recomputation = recomputation;
        this.become = become;
    }

    /**
     * @param planned what the new program has in its code, and what it computes before it runs
     * @param become takes the program as it is when the commit is final
     * @throws IOException if the new program cannot be written
     * @throws io.graft.djl.forward.BlockModelException if the engine cannot load it
     */
    static ScriptReload carryOut(
            Model model,
            ScriptArchive archive,
            RecomputedWeights planned,
            ValueWatch watch,
            Consumer<OpenProgram> become)
            throws IOException {
        EditedFile file = EditedFile.write(archive, planned.coded(), watch);
        try {
            Model beside = load(model, file.path(), planned.coded());
            try {
                OpenProgram program =
                        OpenProgram.of(beside.getBlock(), file, archive.path().toString());
                return new ScriptReload(model, beside, program, Recomputation.begun(program, planned, watch), become);
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
            recomputation.ifPresent(Recomputation::undo);
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
            Block now = recomputation.map(Recomputation::result).orElseGet(beside::getBlock);
            LoadedFlags.keep(model, now);
            recomputation.ifPresent(Recomputation::makeFinal);
            become.accept(recomputation.isPresent() ? program.in(now, model.getName()) : program);
            if (before instanceof ModifiedBlock modified) {
                modified.close();
            }
            if (RecomputedProgram.engines(ModifiedBlock.unwrapped(before)) instanceof AutoCloseable program) {
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
