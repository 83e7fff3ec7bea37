package io.graft.apply;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.config.SourceRef;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The checkpoints of one run, each opened once whatever the paths that lead to it. */
final class OpenedCheckpoints {
    private final ReportNames names;
    private final ClassLoader loader;
    private final Map<Path, SourceCheckpoint> byGivenPath = new HashMap<>();
    private final Map<Path, SourceCheckpoint> byCanonicalPath = new HashMap<>();

    /**
     * @param loader where formats are looked for
     */
    OpenedCheckpoints(ReportNames names, ClassLoader loader) {
        this.names = names;
        this.loader = loader;
    }

    /**
     * Opens a checkpoint by its headers.
     *
     * @throws CheckpointException if it cannot be used
     */
    SourceCheckpoint open(Path path) {
        SourceCheckpoint known = byGivenPath.get(path);
        if (known == null) {
            Checkpoint checkpoint = Checkpoint.open(path, loader);
            known = byCanonicalPath.computeIfAbsent(
                    checkpoint.path(), canonical -> new SourceCheckpoint(names.of(canonical), checkpoint));
            byGivenPath.put(path, known);
        }
        return known;
    }

    /** Why a checkpoint cannot be used, as a problem of the option that asked for it. */
    Problem problem(CheckpointException failure, String path, Optional<SourceRef> at, List<String> notes) {
        return new Problem(
                ProblemCode.valueOf("CHECKPOINT_" + failure.reason().name()),
                Severity.ERROR,
                path,
                at,
                "`" + names.of(failure.path()) + "`: " + failure.detail(),
                notes,
                failure.help());
    }
}
