package io.graft.modifiers.names;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.function.Function;

/** Passes everything on and remembers whether an error was among it, so that a modifier edits nothing after one. */
public final class WatchedContext implements ModifierContext {
    private final ModifierContext context;
    private boolean failed;

    public WatchedContext(ModifierContext context) {
        this.context = context;
    }

    /** Whether an error was reported. */
    public boolean failed() {
        return failed;
    }

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        return context.open(ref);
    }

    @Override
    public <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        return context.readBeside(ref, name, reader);
    }

    @Override
    public void skipped(String key, SkipReason reason, String detail) {
        context.skipped(key, reason, detail);
    }

    @Override
    public void missing(String name) {
        context.missing(name);
    }

    @Override
    public void warn(String message) {
        context.warn(message);
    }

    @Override
    public void error(ProblemCode code, String key, String message, String help) {
        failed = true;
        context.error(code, key, message, help);
    }
}
