package io.graft.checkpoint.source;

import java.time.Duration;

/** Waits between attempts. */
@FunctionalInterface
interface Pause {
    void of(Duration duration) throws InterruptedException;
}
