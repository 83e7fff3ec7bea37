package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Fetches one remote file into the part of its cache entry: in as many attempts as are allowed, each going on where the one
 * before was cut off. Whoever runs it holds the lock of the entry.
 */
final class Download {
    private final String shownUri;
    private final RemoteFile remote;
    private final CacheEntry entry;
    private final FetchConditions conditions;
    private final Surroundings surroundings;
    private final Progress progress;
    private final Optional<Long> deadline;

    Download(
            String shownUri,
            RemoteFile remote,
            CacheEntry entry,
            FetchConditions conditions,
            Surroundings surroundings,
            Progress progress) {
        this.shownUri = shownUri;
        this.remote = remote;
        this.entry = entry;
        this.conditions = conditions;
        this.surroundings = surroundings;
        this.progress = progress;
        deadline = conditions.timeout().map(timeout -> System.nanoTime() + timeout.toNanos());
    }

    /**
     * Makes the part complete.
     *
     * @param atHand the version of the content that is at hand
     * @return the version that was fetched; empty if the one at hand is still the server's
     * @throws TransferException if it cannot be had
     */
    Optional<Version> run(Version atHand) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(atHand);
            } catch (TransferException failed) {
                if (!failed.isPassing()) {
                    throw failed;
                }
                if (attempt == conditions.attempts()) {
                    throw TransferException.lasting(
                            Reason.UNREACHABLE,
                            "gave up after " + attempt + (attempt == 1 ? " attempt: " : " attempts: ")
                                    + failed.detail(),
                            "try again later; what has arrived is kept if the server can go on from there",
                            failed);
                }
                pause(surroundings.backoff().after(attempt, failed.retryAfter()));
            }
        }
    }

    private Optional<Version> attempt(Version atHand) throws IOException {
        Version begun = entry.partVersion();
        long have = begun.isExact() ? PartFile.size(entry) : 0;
        boolean resumes = have > 0;
        RemoteContent answer =
                open(new ContentRequest(resumes ? have : 0, resumes ? begun : atHand, conditions.idleTimeout()));
        if (answer instanceof RemoteContent.NothingMore) {
            entry.discardPart();
            return attempt(atHand);
        } else if (!(answer instanceof RemoteContent.Body body)) {
            return Optional.empty();
        } else {
            return Optional.of(receive(body, resumes, have, begun));
        }
    }

    private Version receive(RemoteContent.Body body, boolean resumes, long have, Version begun) throws IOException {
        try (var bytes = body.bytes();
                TransferWatch watch = new TransferWatch(bytes, conditions.idleTimeout(), deadline)) {
            long from = resumes ? joint(body, have, begun) : start(body);
            requireRoom(body, from);
            if (from == 0) {
                entry.beginPart(body.version());
            }
            new PartFile(entry, conditions, watch, written -> progress.reached(shownUri, written, body.total()))
                    .write(body, from);
        }
        return body.version();
    }

    private RemoteContent open(ContentRequest request) throws IOException {
        requireTime(Duration.ZERO);
        try {
            return remote.open(request);
        } catch (TransferException told) {
            throw told;
        } catch (IOException failed) {
            throw TransferException.passing("no answer (" + words(failed) + ")", failed);
        }
    }

    /** Where the body goes on: after what is at hand, or at 0 if the content is another than before. */
    private long joint(RemoteContent.Body body, long have, Version begun) throws IOException {
        if (body.offset() == 0) {
            return 0;
        }
        boolean fits = body.offset() == have && body.version().etag().equals(begun.etag());
        if (!fits) {
            entry.discardPart();
            throw TransferException.passing(
                    body.offset() == have
                            ? "the content has changed during the download"
                            : "the server was asked for the bytes from " + have + " on, and sends those from "
                                    + body.offset() + " on",
                    Optional.empty());
        }
        return have;
    }

    private static long start(RemoteContent.Body body) throws TransferException {
        if (body.offset() != 0) {
            throw TransferException.passing(
                    "the server was asked for the whole file, and sends the bytes from " + body.offset() + " on",
                    Optional.empty());
        }
        return 0;
    }

    private void requireRoom(RemoteContent.Body body, long from) throws IOException {
        if (body.total().isEmpty()) {
            return;
        }
        long total = body.total().getAsLong();
        if (conditions.maxBytes().isPresent() && total > conditions.maxBytes().get()) {
            throw PartFile.tooLarge(
                    "the file has " + total + " bytes", conditions.maxBytes().get());
        }
        long free = surroundings.freeSpace().in(entry.folder());
        if (total - from > free) {
            throw TransferException.lasting(
                    Reason.REFUSED,
                    "the download needs " + (total - from) + " bytes, and " + free + " are free in the cache folder "
                            + entry.folder().getParent(),
                    "make room there, or set GRAFT_CACHE to a folder on another disk");
        }
    }

    private void pause(Duration wait) throws TransferException {
        requireTime(wait);
        try {
            surroundings.pause().of(wait);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw TransferException.lasting(Reason.UNREACHABLE, "the download was interrupted", "", interrupted);
        }
    }

    private void requireTime(Duration more) throws TransferException {
        if (deadline.isPresent() && System.nanoTime() + more.toNanos() - deadline.get() >= 0) {
            throw PartFile.outOfTime(conditions);
        }
    }

    static String words(Exception failed) {
        String message = failed.getMessage();
        return message == null || message.isBlank() ? failed.getClass().getSimpleName() : message.strip();
    }
}
