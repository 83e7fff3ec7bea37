package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Sha256;
import java.time.Duration;
import java.util.Optional;

/**
 * What has to hold for a checkpoint to be taken.
 *
 * @param sha256 digest of the file; of a sharded checkpoint, of its index
 * @param maxBytes a larger file is refused, by its declared size before anything is fetched
 * @param attempts how often a failed download is begun or resumed, the first time included; 1 or more
 * @param idleTimeout how long nothing may arrive before an attempt counts as failed; positive
 * @param timeout how long all attempts may take together, waiting included; positive
 * @param allowPickle whether a pickle-based file may come from elsewhere without a digest
 * @param token sent to the server of the URI, and to no other, to prove who asks
 */
public record FetchConditions(
        Optional<Sha256> sha256,
        Optional<Long> maxBytes,
        int attempts,
        Duration idleTimeout,
        Optional<Duration> timeout,
        boolean allowPickle,
        Optional<String> token) {
    /** Nothing but the patience that is usual. */
    public static final FetchConditions NONE = new FetchConditions(
            Optional.empty(), Optional.empty(), 5, Duration.ofSeconds(30), Optional.empty(), false, Optional.empty());

    /**
     * @throws IllegalArgumentException if a number or a duration is out of its range
     */
    public FetchConditions {
        if (attempts < 1) {
            throw new IllegalArgumentException("there must be at least one attempt: " + attempts);
        }
        if (!isPositive(idleTimeout)
                || !timeout.map(FetchConditions::isPositive).orElse(true)) {
            throw new IllegalArgumentException("a time-out must be more than 0");
        }
    }

    /** The conditions for what belongs to a checkpoint, which its digest says nothing about. */
    FetchConditions withoutDigest() {
        return new FetchConditions(Optional.empty(), maxBytes, attempts, idleTimeout, timeout, allowPickle, token);
    }

    /** The same with a single attempt, for what can be done without. */
    FetchConditions once() {
        return new FetchConditions(sha256, maxBytes, 1, idleTimeout, timeout, allowPickle, token);
    }

    /**
     * @throws TransferException if a file of this many bytes is larger than is allowed
     */
    void requireSize(long size) throws TransferException {
        if (maxBytes.isPresent() && size > maxBytes.get()) {
            throw PartFile.tooLarge("the file has " + size + " bytes", maxBytes.get());
        }
    }

    /**
     * @throws TransferException if another digest was expected
     */
    void requireDigest(Sha256 actual) throws TransferException {
        Sha256 expected = sha256.orElse(actual);
        if (!expected.equals(actual)) {
            throw TransferException.lasting(
                    Reason.DIGEST_MISMATCH,
                    "its SHA-256 is " + actual + ", and " + expected + " was expected",
                    "do not use it unless its publisher has changed it; then give the new digest");
        }
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "FetchConditions[sha256=" + sha256.map(Sha256::toString).orElse("none") + ", maxBytes="
                + maxBytes.map(String::valueOf).orElse("none") + ", attempts=" + attempts + ", idleTimeout="
                + idleTimeout
                + ", timeout=" + timeout.map(Duration::toString).orElse("none") + ", allowPickle=" + allowPickle + "]";
    }
}
