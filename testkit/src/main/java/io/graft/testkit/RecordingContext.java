package io.graft.testkit;

import io.graft.ModifierContext;
import io.graft.ModifierNotes;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.ProblemCode;
import java.util.ArrayList;
import java.util.List;

/** Opens real files and keeps what a modifier tells, as a run does. */
final class RecordingContext implements ModifierContext {
    private final ModifierNotes notes = new ModifierNotes();
    private final List<ReportedError> errors = new ArrayList<>();

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        Checkpoint checkpoint =
                Checkpoint.open(CheckpointFetcher.create().fetch(ref).path());
        SourceCheckpoint source =
                new SourceCheckpoint(checkpoint.path().getFileName().toString(), checkpoint);
        notes.opened(source);
        return source;
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
    public void error(ProblemCode code, String key, String message, String help) {
        errors.add(new ReportedError(code, key, message, help));
    }

    ModifierNotes notes() {
        return notes;
    }

    List<ReportedError> errors() {
        return List.copyOf(errors);
    }
}
