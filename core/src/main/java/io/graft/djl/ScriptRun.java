package io.graft.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import io.graft.Forward;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run of an archive's program in inference.
 *
 * @param plan what the archive has otherwise; empty if it runs as it is
 */
record ScriptRun(ScriptArchive archive, Optional<Plan> plan, ValueWatch watch) implements Forward {
    private static final WriteOptions TEMPORARY = new WriteOptions(false, false, Part.WHOLE);

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
        try {
            return plan.isEmpty() ? run(archive.path(), inputs) : runEdited(plan.get(), inputs);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<NamedTensor> runEdited(Plan edited, List<NamedTensor> inputs) throws IOException {
        Path folder = Files.createTempDirectory("graft-torchscript-");
        Path file = folder.resolve(ModelFiles.TORCHSCRIPT);
        try {
            new ScriptFormat(archive, edited)
                    .write(folder, new OutputStateDict(watch.outputs(edited.stored())), Long.MAX_VALUE, TEMPORARY);
            watch.settle(edited.stored());
            return run(file, inputs);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private List<NamedTensor> run(Path file, List<NamedTensor> inputs) throws IOException {
        Engine engine = PyTorchEngine.start();
        try (Model model = Model.newInstance("torchscript", engine.getEngineName())) {
            load(model, file, engine);
            Signature signature = archive.signature()
                    .map(told -> new Signature(told.names(), told.required(), List.of()))
                    .orElseThrow(() -> unloadable(engine, "it has no `forward`", null));
            return new ForwardPass(model, () -> signature, "the program", "check their shapes and dtypes").run(inputs);
        }
    }

    /** Without {@code trainParam}, the engine makes tensors that nothing can be done with outside of its inference mode. */
    private void load(Model model, Path file, Engine engine) throws IOException {
        try {
            model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        } catch (MalformedModelException | RuntimeException unusable) {
            throw unloadable(engine, Thrown.sentence(Thrown.root(unusable)), unusable);
        }
    }

    private BlockModelException unloadable(Engine engine, String why, Exception cause) {
        return new BlockModelException(
                ProblemCode.CHECKPOINT_UNSUPPORTED,
                "torchscript",
                "`" + archive.path().getFileName() + "` cannot be run by PyTorch " + engine.getVersion() + ": " + why,
                "save the archive with that version of PyTorch",
                cause);
    }
}
