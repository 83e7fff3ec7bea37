package io.graft.modifiers;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.config.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens real files and keeps what a modifier tells. */
public final class RecordingContext implements ModifierContext {
    /** What a modifier reported as an error. */
    public record ReportedError(ProblemCode code, String key, String message, String help) {}

    public final List<Skipped> skipped = new ArrayList<>();
    public final List<String> missing = new ArrayList<>();
    public final List<String> warnings = new ArrayList<>();
    public final List<ReportedError> errors = new ArrayList<>();

    @Override
    public SourceCheckpoint open(Path path) {
        return new SourceCheckpoint(path.getFileName().toString(), Checkpoint.open(path));
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
}
