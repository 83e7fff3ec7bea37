package io.graft.checkpoint.source;

import io.graft.checkpoint.Progress;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CacheEntry.Kept;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Contents of remote locations, each downloaded once whatever number of processes ask for it. */
record CachedContents(CheckpointCache cache, Surroundings surroundings, Progress progress) {
    /**
     * The content of a location: the one at hand if it still is the location's, else a new one.
     *
     * @throws TransferException if it cannot be had, or is another than was expected
     */
    Kept of(CheckpointRef ref, CheckpointSource source) throws IOException {
        Instant asked = Instant.now();
        CacheEntry entry = cache.entry(ref, source.server(ref));
        CacheUse.begin(entry.use());
        Optional<Kept> known = entry.current().filter(kept -> hasDigest(kept, ref));
        if (known.isPresent()) {
            return known.get();
        }
        return FileLocks.holding(entry.lock(), () -> {
            Optional<Kept> now = entry.current();
            boolean taken = now.isPresent() && (hasDigest(now.get(), ref) || isFresh(now.get(), asked, ref));
            return taken ? now.get() : download(source, ref, entry, now);
        });
    }

    /** Whether somebody else has fetched it while this one waited. */
    private static boolean isFresh(Kept kept, Instant asked, CheckpointRef ref) {
        return ref.conditions().sha256().isEmpty() && !kept.fetched().isBefore(asked);
    }

    private Kept download(CheckpointSource source, CheckpointRef ref, CacheEntry entry, Optional<Kept> atHand)
            throws IOException {
        FetchConditions conditions = ref.conditions();
        CacheLimit limit = cache.limit();
        if (!(source.locate(ref) instanceof RemoteFile found)) {
            throw new IllegalStateException("a source that says it is remote gives a local file");
        }
        try (RemoteFile remote = found) {
            Version known = conditions.sha256().isPresent()
                    ? Version.UNKNOWN
                    : atHand.map(Kept::version).orElse(Version.UNKNOWN);
            Optional<Version> fetched =
                    run(new Download(ref.shown(), remote, entry, conditions, surroundings, progress), known, entry);
            if (fetched.isEmpty()) {
                return entry.confirm(atHand.orElseThrow(), ref.shown());
            }
            Sha256 actual = Sha256.of(entry.part());
            try {
                conditions.requireDigest(actual);
            } catch (TransferException another) {
                entry.discardPart();
                throw another;
            }
            Kept kept = entry.install(actual, ShardFolder.plain(remote.name()), fetched.get(), ref.shown());
            limit.enforce(cache.folder());
            return kept;
        }
    }

    private Optional<Version> run(Download download, Version known, CacheEntry entry) throws IOException {
        try {
            return download.run(known);
        } catch (TransferException failed) {
            if (!entry.partVersion().isExact()) {
                entry.discardPart();
            }
            throw failed;
        } finally {
            progress.ended();
        }
    }

    private static boolean hasDigest(Kept kept, CheckpointRef ref) {
        return ref.conditions().sha256().filter(kept.sha256()::equals).isPresent();
    }
}
