package io.graft.apply;

import io.graft.ModelTarget;
import io.graft.ModifierContext;
import io.graft.ModifierRecord;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.ConfigCursor;
import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.model.Change;
import io.graft.registry.BoundModifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what one modifier asks for and tells while it edits the draft. */
final class PlanningContext implements ModifierContext {
    private final BoundModifier modifier;
    private final int total;
    private final OpenedCheckpoints checkpoints;
    private final ModelTarget target;
    private final List<Skipped> skipped = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    PlanningContext(BoundModifier modifier, int total, OpenedCheckpoints checkpoints, ModelTarget target) {
        this.modifier = modifier;
        this.total = total;
        this.checkpoints = checkpoints;
        this.target = target;
    }

    @Override
    public SourceCheckpoint open(Path path) {
        SourceCheckpoint opened = checkpoints.open(path);
        SourceCheckpoint source = new SourceCheckpoint(opened.uri(), target.named(opened.checkpoint()));
        source.checkpoint().warnings().forEach(warning -> warn("`" + source.uri() + "`: " + warning));
        return source;
    }

    @Override
    public void skipped(String key, SkipReason reason, String detail) {
        skipped.add(new Skipped(key, reason, detail));
    }

    @Override
    public void missing(String name) {
        missing.add(name);
    }

    @Override
    public void warn(String message) {
        warnings.add(message);
    }

    @Override
    public void error(ProblemCode code, String key, String message, String help) {
        OptionPath at = OptionPath.of(modifier.cursor(), key);
        problems.add(new Problem(code, Severity.ERROR, at.text(), at.source(), message, notes(), help));
    }

    /** Takes down what a modifier threw. */
    void failed(Throwable failure) {
        ConfigCursor entry = modifier.cursor();
        problems.add(
                failure instanceof CheckpointException unusable
                        ? checkpoints.problem(unusable, entry.path(), entry.source(), notes())
                        : new Problem(
                                ProblemCode.APPLY_FAILED,
                                Severity.ERROR,
                                entry.path(),
                                entry.source(),
                                position() + ", failed: " + Failures.sentence(failure),
                                List.of(),
                                "this is a fault in the modifier, which comes from " + modifier.origin()));
    }

    /** What the modifier told, beside the changes that it made. */
    ModifierRecord record(List<Change> changes) {
        return new ModifierRecord(
                modifier.index(),
                modifier.id(),
                modifier.origin(),
                changes,
                skipped,
                List.copyOf(missing),
                List.copyOf(warnings));
    }

    /** Errors; empty if the modifier did what it was asked for. */
    List<Problem> problems() {
        return problems;
    }

    private List<String> notes() {
        return List.of(position() + " (" + modifier.origin() + ")");
    }

    private String position() {
        return "modifier " + (modifier.index() + 1) + " of " + total + ", `" + modifier.id() + "`";
    }
}
