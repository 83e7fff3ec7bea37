package io.graft.djl.program;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.nn.ParameterList;
import io.graft.Forward;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.array.EngineFailure;
import io.graft.djl.array.FreedMemory;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.forward.Signature;
import io.graft.djl.run.ForwardPass;
import io.graft.djl.run.LoadedFlags;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.problem.ProblemCode;
import io.graft.torchscript.RecomputedWeights;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One run of an archive's program in inference.
 *
 * @param plan what the archive has otherwise; empty if it runs as it is
 */
record ScriptRun(ScriptArchive archive, Optional<Plan> plan, ValueWatch watch) implements Forward {
    static ScriptRun of(ScriptArchive archive) {
        return new ScriptRun(archive, Optional.empty(), new ValueWatch());
    }

    static ScriptRun of(ScriptArchive archive, Plan plan, ValueWatch watch) {
        return new ScriptRun(
                archive,
                Optional.of(plan)
                        .filter(changing -> !ScriptChanges.of(archive, changing).isEmpty()),
                watch);
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        try (Loaded loaded = loaded(folded())) {
            return pass(loaded.model(), archive).run(inputs);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What an archive has otherwise for inference alone: weights that its code cannot compute are computed when it is written. */
    Optional<Plan> folded() {
        return plan.map(changing -> RecomputedWeights.of(archive, changing).folded());
    }

    /** A program in a model of its own. */
    record Loaded(Model model, OpenProgram program) implements AutoCloseable {
        @Override
        public void close() {
            program.close();
            model.close();
        }
    }

    /** The program in a model of its own, for the caller to close; what is frozen is so. */
    Loaded load() {
        try {
            return plan.isEmpty() ? loaded(plan) : loadRecomputed(RecomputedWeights.of(archive, plan.get()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Loaded loaded(Optional<Plan> edited) throws IOException {
        return edited.isEmpty() ? load(archive, archive.draft().tensors()) : loadEdited(edited.get());
    }

    private Loaded loadRecomputed(RecomputedWeights planned) throws IOException {
        Loaded coded = loadEdited(planned.coded());
        try {
            return Recomputation.begun(coded.program(), planned, watch)
                    .map(begun -> recomputing(coded, begun))
                    .orElse(coded);
        } catch (IOException | RuntimeException | Error failure) {
            coded.close();
            throw failure;
        }
    }

    private Loaded recomputing(Loaded coded, Recomputation begun) {
        LoadedFlags.keep(coded.model(), begun.result());
        begun.makeFinal();
        return new Loaded(
                coded.model(), coded.program().in(begun.result(), archive.path().toString()));
    }

    private Loaded loadEdited(Plan edited) throws IOException {
        try (EditedFile file = EditedFile.write(archive, edited, watch)) {
            return load(ScriptArchive.read(Checkpoint.open(file.path())), edited.tensors());
        }
    }

    private static Loaded load(ScriptArchive archive, Collection<DraftTensor> tensors) throws IOException {
        Model model = load(archive.path(), tensors);
        try {
            return new Loaded(
                    model,
                    OpenProgram.of(model.getBlock(), archive, archive.path().toString()));
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * A program in a model of its own, for the caller to close.
     *
     * @param tensors say what is trained
     */
    static Model load(Path file, Collection<DraftTensor> tensors) throws IOException {
        Model model = Model.newInstance("torchscript", PyTorchEngine.start().getEngineName());
        try {
            load(model, file, tensors);
            return model;
        } catch (IOException | RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /** A run of a program that is loaded. */
    static ForwardPass pass(Model model, ScriptArchive archive) {
        Signature signature;
        try {
            signature = archive.signature()
                    .map(told -> new Signature(told.names(), told.required(), List.of()))
                    .orElseThrow(() -> unloadable(archive.path(), "it has no `forward`", null));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new ForwardPass(model, () -> signature, "the program", "check their shapes and dtypes");
    }

    /**
     * Loads a program into a model. Without {@code trainParam}, the engine makes tensors that nothing can be done with outside of its
     * inference mode; with it, all of them are trainable.
     *
     * @param tensors say what is trained
     */
    static void load(Model model, Path file, Collection<DraftTensor> tensors) throws IOException {
        GraphOptimizer.off();
        if (ScriptKernels.anyMayRun(tensors)) {
            FreedMemory.keep();
        }
        try {
            model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        } catch (MalformedModelException | RuntimeException unusable) {
            throw unloadable(file, EngineFailure.sentence(unusable), unusable);
        }
        ParameterList parameters = model.getBlock().getParameters();
        Set<String> known = tensors.stream().map(DraftTensor::name).collect(Collectors.toSet());
        parameters.forEach(pair -> {
            if (!known.contains(pair.getKey())) {
                // It holds the weight of an adapter.
                pair.getValue().freeze(true);
            }
        });
        for (DraftTensor tensor : tensors) {
            // DJL may lack some names of a tensor that has several.
            Optional.ofNullable(parameters.get(tensor.name()))
                    .ifPresent(parameter -> parameter.freeze(!tensor.trainable()));
        }
        LoadedFlags.keep(model, model.getBlock());
    }

    private static BlockModelException unloadable(Path file, String why, Exception cause) {
        return new BlockModelException(
                ProblemCode.CHECKPOINT_UNSUPPORTED,
                "torchscript",
                "`" + file.getFileName() + "` cannot be run by PyTorch "
                        + PyTorchEngine.start().getVersion() + ": " + why,
                "save the archive with that version of PyTorch",
                cause);
    }
}
