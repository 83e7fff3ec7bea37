package io.graft.apply;

import io.graft.SourceCheckpoint;
import io.graft.apply.migration.RecordedHistory;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchedCheckpoint;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.extension.Thrown;
import io.graft.problem.Problem;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.report.ReportNames;
import java.io.IOException;
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
    private final Map<Opened, SourceCheckpoint> bySection = new HashMap<>();
    private final Set<InputIdentity> inputs = new LinkedHashSet<>();
    private final Set<Path> files = new LinkedHashSet<>();

    private record Opened(Path canonical, Optional<String> section) {
        @Override
        public int hashCode() {
            return canonical.hashCode();
        }
    }

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
            Checkpoint checkpoint = RecordedHistory.told(fetcher.open(ref, fetched), folder(fetched));
            known = bySection.computeIfAbsent(
                    new Opened(checkpoint.path(), ref.section()),
                    opened ->
                            new SourceCheckpoint(name(ref, fetched, opened.canonical()), checkpoint, folder(fetched)));
            SourceCheckpoint opened = known;
            addInputs(opened.uri(), fetched, () -> InputIdentity.of(checkpoint, file -> name(opened, fetched, file)));
            byLocation.put(ref, known);
            files.addAll(checkpoint.files());
        }
        return known;
    }

    private static Optional<Path> folder(FetchedCheckpoint fetched) {
        return fetched.isRemote() ? Optional.empty() : Optional.of(Checkpoint.folderOf(fetched.path()));
    }

    /** As {@link io.graft.ModifierContext#readBeside}. */
    <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader) {
        CheckpointRef beside = fetcher.beside(ref, name);
        FetchedCheckpoint fetched = fetcher.fetchFile(beside);
        T read = fetcher.read(beside, fetched, reader);
        files.add(fetched.path());
        String uri = name(beside, fetched, fetched.path());
        addInputs(uri, fetched, () -> List.of(InputIdentity.of(fetched.path(), uri)));
        return read;
    }

    private interface Identities {
        List<InputIdentity> read() throws IOException;
    }

    /**
     * @param uri of the file whose digest may be known; shards have names of their own
     */
    private void addInputs(String uri, FetchedCheckpoint fetched, Identities identities) {
        try {
            for (InputIdentity identity : identities.read()) {
                InputIdentity told = identity.uri().equals(uri) ? identity.withSha256(fetched.sha256()) : identity;
                inputs.add(fetched.isRemote() ? told.fetched() : told);
            }
        } catch (IOException failed) {
            throw new CheckpointException(
                    CheckpointException.Reason.UNREADABLE,
                    fetched.path(),
                    "the file cannot be read (" + Thrown.reason(failed) + ")",
                    "run again when nothing writes to it",
                    failed);
        }
    }

    /** A checkpoint's own name stands for the file that was asked for; of a remote one, shards are in the cache. */
    private String name(SourceCheckpoint opened, FetchedCheckpoint fetched, Path file) {
        if (file.equals(opened.checkpoint().path())) {
            return opened.uri();
        }
        return fetched.isRemote() ? opened.uri() + "#" + file.getFileName() : names.of(file);
    }

    /** Every file that was read, in the order in which they were opened. */
    List<InputIdentity> inputs() {
        return List.copyOf(inputs);
    }

    /** Takes down that a file is read which is no checkpoint, so that it is not replaced. */
    void alsoRead(Path file) {
        files.add(file);
    }

    /** The files on this machine that the run reads, none of which it may replace. */
    InputFiles files() throws IOException {
        return InputFiles.of(files);
    }

    private String name(CheckpointRef ref, FetchedCheckpoint fetched, Path canonical) {
        return fetched.isRemote() ? ref.shown() : names.of(canonical);
    }

    /** Why a checkpoint cannot be used, as a problem of the option that asked for it. */
    Problem problem(CheckpointException failure, String path, Optional<SourceRef> at, List<String> notes) {
        return new Problem(
                failure.problem().code(),
                Severity.ERROR,
                path,
                at,
                "`" + (failure.path() == null ? failure.location() : names.of(failure.path())) + "`: "
                        + failure.detail(),
                notes,
                failure.help());
    }
}
