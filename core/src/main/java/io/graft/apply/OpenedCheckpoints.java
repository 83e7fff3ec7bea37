package io.graft.apply;

import io.graft.FetchedFile;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchedCheckpoint;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.report.ReportNames;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The checkpoints of one run, each fetched and opened once whatever the locations that lead to it. */
final class OpenedCheckpoints {
    private final ReportNames names;
    private final CheckpointFetcher fetcher;
    private final Map<CheckpointRef, SourceCheckpoint> byLocation = new HashMap<>();
    private final Map<Path, SourceCheckpoint> byCanonicalPath = new HashMap<>();
    private final Set<FetchedFile> fetchedFiles = new LinkedHashSet<>();

    OpenedCheckpoints(ReportNames names, CheckpointFetcher fetcher) {
        this.names = names;
        this.fetcher = fetcher;
    }

    /**
     * Opens a checkpoint by its headers.
     *
     * @throws CheckpointException if it cannot be used
     */
    SourceCheckpoint open(CheckpointRef ref) {
        SourceCheckpoint known = byLocation.get(ref);
        if (known == null) {
            FetchedCheckpoint fetched = fetcher.fetch(ref);
            Checkpoint checkpoint = fetcher.open(ref, fetched);
            known = byCanonicalPath.computeIfAbsent(
                    checkpoint.path(), canonical -> new SourceCheckpoint(name(ref, fetched, canonical), checkpoint));
            byLocation.put(ref, known);
            note(ref, fetched);
        }
        return known;
    }

    /** As {@link io.graft.ModifierContext#readBeside}. */
    <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        CheckpointRef beside = fetcher.beside(ref, name);
        FetchedCheckpoint fetched = fetcher.fetchFile(beside);
        note(beside, fetched);
        return fetcher.read(beside, fetched, reader);
    }

    private void note(CheckpointRef ref, FetchedCheckpoint fetched) {
        if (fetched.isRemote()) {
            fetchedFiles.add(
                    new FetchedFile(ref.shown(), fetched.sha256().orElseThrow().hex()));
        }
    }

    /** Those that came from other machines, in the order in which they were opened. */
    List<FetchedFile> fetched() {
        return List.copyOf(fetchedFiles);
    }

    private String name(CheckpointRef ref, FetchedCheckpoint fetched, Path canonical) {
        return fetched.isRemote() ? ref.shown() : names.of(canonical);
    }

    /** Why a checkpoint cannot be used, as a problem of the option that asked for it. */
    Problem problem(CheckpointException failure, String path, Optional<SourceRef> at, List<String> notes) {
        return new Problem(
                ProblemCode.valueOf("CHECKPOINT_" + failure.reason().name()),
                Severity.ERROR,
                path,
                at,
                "`" + (failure.path() == null ? failure.location() : names.of(failure.path())) + "`: "
                        + failure.detail(),
                notes,
                failure.help());
    }
}
