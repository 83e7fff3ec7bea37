package io.graft.modifiers.lora;

import io.graft.Artifact;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.BlockRecipe;
import io.graft.model.ModuleSource;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is told of an adapter where there is no model. */
final class CollectedProblems implements ModifierContext {
    private final List<Problem> errors = new ArrayList<>();

    @Override
    public SourceCheckpoint open(CheckpointRef ref) {
        throw new UnsupportedOperationException("the adapter is open");
    }

    @Override
    public <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        throw new UnsupportedOperationException("the adapter is open");
    }

    @Override
    public void artifact(Artifact artifact) {
        throw new UnsupportedOperationException("there is no model");
    }

    @Override
    public ModuleSource module(BlockRecipe recipe) {
        throw new UnsupportedOperationException("there is no model");
    }

    @Override
    public void skipped(String key, SkipReason reason, String detail) {}

    @Override
    public void missing(String name) {}

    @Override
    public void warn(String message) {}

    @Override
    public void error(ProblemCode code, String key, String message, String help) {
        errors.add(Problem.error(code, message, help));
    }

    @Override
    public boolean failed() {
        return !errors.isEmpty();
    }

    /**
     * @throws CheckpointException if an error was told
     */
    void refuse(Path file) {
        if (failed()) {
            Problem first = errors.get(0);
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    first.message() + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : ""),
                    first.help());
        }
    }
}
