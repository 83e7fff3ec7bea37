package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after a failed attempt: what the server asks for, else twice as long each time, less a random part so
 * that many who failed together do not come back together.
 *
 * @param random uniform in 0 to 1
 */
record Backoff(DoubleSupplier random) {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

    /**
     * @param attempt the one that failed, from 1
     * @throws TransferException if the server asks for more patience than there is
     */
    Duration after(int attempt, Optional<Duration> asked) throws TransferException {
        if (asked.isPresent()) {
            return patient(asked.get());
        }
        long doubled = FIRST.toMillis() << Math.min(attempt - 1, 16);
        double full = Math.min(doubled, LONGEST.toMillis());
        return Duration.ofMillis(Math.round(full * (0.5 + random.getAsDouble() / 2)));
    }

    private static Duration patient(Duration asked) throws TransferException {
        if (asked.compareTo(LONGEST_ASKED) > 0) {
            throw TransferException.lasting(
                    Reason.UNREACHABLE,
                    "the server asks to come back in " + asked.toSeconds() + " s, more than the "
                            + LONGEST_ASKED.toSeconds() + " s that are waited for",
                    "run again then");
        }
        return asked;
    }
}
