package io.graft.testkit;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Opens real files and keeps what a modifier tells, each warning and each missing tensor once, as a run does. */
final class RecordingContext implements ModifierContext {
    private final List<Skipped> skipped = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final List<ReportedError> errors = new ArrayList<>();

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        Checkpoint checkpoint =
                Checkpoint.open(CheckpointFetcher.create().fetch(ref).path());
        SourceCheckpoint source =
                new SourceCheckpoint(checkpoint.path().getFileName().toString(), checkpoint);
        checkpoint.warnings().forEach(warning -> warn("`" + source.uri() + "`: " + warning));
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
        errors.add(new ReportedError(code, key, message, help));
    }

    List<Skipped> skipped() {
        return List.copyOf(skipped);
    }

    List<String> missing() {
        return List.copyOf(missing);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    List<ReportedError> errors() {
        return List.copyOf(errors);
    }
}
