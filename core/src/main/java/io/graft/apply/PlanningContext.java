package io.graft.apply;

import io.graft.Artifact;
import io.graft.ModifierContext;
import io.graft.ModifierNotes;
import io.graft.ModifierRecord;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.apply.migration.CheckpointMigrations;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Redaction;
import io.graft.djl.forward.BlockModelException;
import io.graft.extension.Thrown;
import io.graft.migration.MigrationException;
import io.graft.model.Change;
import io.graft.model.modules.BlockRecipe;
import io.graft.model.modules.ModuleSource;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.registry.BoundModifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects what one modifier asks for and tells while it edits the draft. */
final class PlanningContext implements ModifierContext {
    private final BoundModifier modifier;
    private final int total;
    private final OpenedCheckpoints checkpoints;
    private final ModuleFactories factories;
    private final TargetModel target;
    private final CheckpointMigrations migrations;
    private final Redaction redaction;
    private final ModifierNotes notes = new ModifierNotes();
    private final List<Problem> problems = new ArrayList<>();

    PlanningContext(
            BoundModifier modifier,
            int total,
            OpenedCheckpoints checkpoints,
            ModuleFactories factories,
            TargetModel target,
            CheckpointMigrations migrations) {
        this.modifier = modifier;
        this.total = total;
        this.checkpoints = checkpoints;
        this.factories = factories;
        this.target = target;
        this.migrations = migrations;
        this.redaction = Redaction.of(modifier.cursor());
    }

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        SourceCheckpoint opened = checkpoints.open(ref);
        SourceCheckpoint source = migrations.migrated(
                opened.checkpoint(), new SourceCheckpoint(opened.uri(), target.named(opened.checkpoint())), this::warn);
        notes.opened(source);
        return source;
    }

    @Override
    public <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        return checkpoints.readBeside(ref, name, reader);
    }

    @Override
    public ModelConfiguration configuration() {
        return target.configuration();
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
    public ModuleSource module(BlockRecipe recipe) {
        return factories.source(recipe);
    }

    @Override
    public void skipped(String key, SkipReason reason, String detail) {
        notes.skipped(new Skipped(key, reason, redaction.text(detail)));
    }

    @Override
    public void missing(String name) {
        notes.missing(name);
    }

    @Override
    public void warn(String message) {
        notes.warn(redaction.text(message));
    }

    @Override
    public void warn(ProblemCode code, String key, String message, String help) {
        add(code, Severity.WARNING, key, message, help);
    }

    @Override
    public void error(ProblemCode code, String key, String message, String help) {
        add(code, Severity.ERROR, key, message, help);
    }

    private void add(ProblemCode code, Severity severity, String key, String message, String help) {
        OptionPath at = OptionPath.of(modifier.cursor(), key);
        add(new Problem(code, severity, at.text(), at.source(), message, whose(), help));
    }

    @Override
    public boolean failed() {
        return problems.stream().anyMatch(Problem::isError);
    }

    /** Takes down what a modifier threw. */
    void thrown(Throwable failure) {
        if (failure instanceof BlockModelException unusable) {
            unusable.problems().forEach(each -> error(each.code(), each.path(), each.message(), each.help()));
            return;
        }
        ConfigCursor entry = modifier.cursor();
        if (failure instanceof MigrationException told) {
            Problem problem = told.problem();
            error(problem.code(), "", problem.message(), problem.help());
            return;
        }
        add(
                failure instanceof CheckpointException unusable
                        ? checkpoints.problem(unusable, entry.path(), entry.source(), whose())
                        : new Problem(
                                ProblemCode.APPLY_FAILED,
                                Severity.ERROR,
                                entry.path(),
                                entry.source(),
                                modifier.words(total) + ", failed: " + Thrown.sentence(failure),
                                List.of(),
                                (failure instanceof OutOfMemoryError
                                                ? "give the JVM more memory, such as GRAFT_JAVA_OPTS=-Xmx8g; if that does not"
                                                        + " help, "
                                                : "")
                                        + "this is a fault in the modifier, which comes from " + modifier.origin()));
    }

    private void add(Problem problem) {
        problems.add(redaction.problem(problem));
    }

    /** What the modifier told, beside the changes that it made. */
    ModifierRecord record(List<Change> changes) {
        return new ModifierRecord(
                modifier.index(),
                modifier.id(),
                modifier.origin(),
                modifier.options(),
                changes,
                notes.skipped(),
                notes.missing(),
                notes.warnings(),
                notes.artifacts(),
                notes.adapters(),
                false);
    }

    /** The record of a modifier that failed, and that the run goes on without. */
    ModifierRecord leftOut() {
        return new ModifierRecord(
                modifier.index(),
                modifier.id(),
                modifier.origin(),
                modifier.options(),
                List.of(),
                List.of(),
                List.of(),
                notes.warnings(),
                List.of(),
                List.of(),
                true);
    }

    /** What it told, and why the run goes on without it, as warnings. */
    List<Problem> excused() {
        return problems.stream()
                .map(problem -> problem.isError() ? excused(problem) : problem)
                .toList();
    }

    private static Problem excused(Problem problem) {
        List<String> notes = new ArrayList<>(problem.notes());
        notes.add("it is optional, and is left out");
        return new Problem(
                problem.code(),
                Severity.WARNING,
                problem.path(),
                problem.at(),
                problem.message(),
                notes,
                problem.help());
    }

    /** Errors, none if the modifier did what it was asked for, and warnings that have codes. */
    List<Problem> problems() {
        return problems;
    }

    private List<String> whose() {
        return whose(modifier, total);
    }

    /** A note on which modifier a problem is of. */
    static List<String> whose(BoundModifier modifier, int total) {
        return List.of(modifier.words(total) + " (" + modifier.origin() + ")");
    }
}
