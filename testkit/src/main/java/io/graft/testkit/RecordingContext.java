package io.graft.testkit;

import io.graft.Artifact;
import io.graft.ModifierContext;
import io.graft.ModifierNotes;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchedCheckpoint;
import io.graft.djl.BlockSource;
import io.graft.djl.FactoryModule;
import io.graft.model.modules.BlockRecipe;
import io.graft.model.modules.ModuleSource;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Opens real files and keeps what a modifier tells, as a run does. */
final class RecordingContext implements ModifierContext {
    private final ModifierNotes notes = new ModifierNotes();
    private final List<ReportedError> errors = new ArrayList<>();
    private final ModelConfiguration configuration;

    RecordingContext(ModelConfiguration configuration) {
        this.configuration = configuration;
    }

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        CheckpointFetcher fetcher = CheckpointFetcher.create();
        FetchedCheckpoint fetched = fetcher.fetch(ref);
        Checkpoint checkpoint = fetcher.open(ref, fetched);
        String name = fetched.isRemote()
                ? ref.shown()
                : checkpoint.path().getFileName().toString();
        SourceCheckpoint source = new SourceCheckpoint(name, checkpoint);
        notes.opened(source);
        return source;
    }

    @Override
    public <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        CheckpointFetcher fetcher = CheckpointFetcher.create();
        CheckpointRef beside = fetcher.beside(ref, name);
        return fetcher.read(beside, fetcher.fetchFile(beside), reader);
    }

    @Override
    public void artifact(Artifact artifact) {
        notes.artifact(artifact);
    }

    @Override
    public void adapter(String adapter, List<Artifact> files) {
        notes.adapter(adapter, files);
    }

    @Override
    public ModelConfiguration configuration() {
        return configuration;
    }

    @Override
    public ModuleSource module(BlockRecipe recipe) {
        return FactoryModule.of(
                new BlockSource(recipe.factory(), Path.of(""), recipe.arguments(), recipe.inputShapes()),
                recipe.seed(),
                Thread.currentThread().getContextClassLoader());
    }

    @Override
    public void skipped(String key, SkipReason reason, String detail) {
        notes.skipped(new Skipped(key, reason, detail));
    }

    @Override
    public void missing(String name) {
        notes.missing(name);
    }

    @Override
    public void warn(String message) {
        notes.warn(message);
    }

    @Override
    public void warn(ProblemCode code, String key, String message, String help) {
        notes.warn(new ReportedError(code, key, message, help).toString());
    }

    @Override
    public void error(ProblemCode code, String key, String message, String help) {
        errors.add(new ReportedError(code, key, message, help));
    }

    @Override
    public boolean failed() {
        return !errors.isEmpty();
    }

    ModifierNotes notes() {
        return notes;
    }

    List<ReportedError> errors() {
        return List.copyOf(errors);
    }
}
