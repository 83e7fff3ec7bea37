package io.graft.checkpoint.source;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Breaks a transfer off when nothing arrives for too long, or when it lasts too long: no stream does so by itself. */
final class TransferWatch implements AutoCloseable {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final InputStream stream;
    private final Duration idle;
    private final Optional<Long> deadline;
    private final ScheduledExecutorService clock;
    private volatile long progress = System.nanoTime();
    private volatile Cause cause = Cause.NONE;

    /** Why a transfer was broken off. */
    enum Cause {
        NONE,
        IDLE,
        TIMEOUT
    }

    /**
     * @param deadline of {@link System#nanoTime}
     */
    TransferWatch(InputStream stream, Duration idle, Optional<Long> deadline) {
        this.stream = stream;
        this.idle = idle;
        this.deadline = deadline;
        clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "graft-transfer-watch");
            thread.setDaemon(true);
            return thread;
        });
        long period = Math.min(Math.max(idle.dividedBy(8).toMillis(), SHORTEST.toMillis()), 1000);
        // the returned future only ever fails with what look() throws, which is nothing
        var unused = clock.scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    /** Tells that something has arrived. */
    void progressed() {
        progress = System.nanoTime();
    }

    Cause cause() {
        return cause;
    }

    private void look() {
        long now = System.nanoTime();
        if (deadline.isPresent() && now - deadline.get() >= 0) {
            breakOff(Cause.TIMEOUT);
        } else if (now - progress > idle.toNanos()) {
            breakOff(Cause.IDLE);
        }
    }

    private void breakOff(Cause why) {
        cause = why;
        clock.shutdown();
        try {
            stream.close();
        } catch (IOException closedAnyway) {
            // who reads is told by the cause
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
