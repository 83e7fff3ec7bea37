package io.graft.checkpoint.safetensors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** The pieces that a file is written in, in the file's order. A digest follows them as they are done. */
final class Pieces {
    private final Workers workers;
    private final Optional<FollowingDigest> digest;
    private final List<Future<?>> all = new ArrayList<>();

    Pieces(Workers workers, Optional<FollowingDigest> digest) {
        this.workers = workers;
        this.digest = digest;
    }

    /**
     * Hands out a piece.
     *
     * @param end where it ends in the file
     */
    void submit(Workers.Work work, long end) {
        Future<?> piece = workers.submit(work);
        all.add(piece);
        digest.ifPresent(follower -> follower.follow(piece, end));
    }

    /** Waits until all are written. */
    void await() throws IOException {
        for (Future<?> piece : all) {
            Workers.await(piece);
        }
    }
}
