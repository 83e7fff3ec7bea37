package io.graft.checkpoint.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that share the work of one output. The first failure of any stops all. */
final class Workers {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What each thread does: take pieces and carry them out, until none is left or all are stopped. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Whether a failure was seen, so that nothing needs to be gone on with. */
    boolean isStopped() {
        return failure.get() != null;
    }

    /** Has every thread stop after the piece that it is at. */
    void stop(Throwable because) {
        failure.compareAndSet(null, because);
    }

    /**
     * Does the work on several threads, the caller's included, and waits until all of them are done with it. A thread may itself
     * do work on several.
     *
     * @throws IOException the first failure, as are unchecked exceptions and errors
     */
    void run(int threads, Work work) throws IOException {
        List<Thread> others = new ArrayList<>();
        attempt(() -> {
            for (int i = 1; i < threads; i++) {
                Thread thread = new Thread(() -> attempt(work), "graft-writer");
                thread.setDaemon(true);
                thread.start();
                others.add(thread);
            }
            work.run();
        });
        others.forEach(this::join);
        requireSuccess();
    }

    private void attempt(Work work) {
        try {
            work.run();
        } catch (Throwable thrown) {
            stop(thrown);
        }
    }

    private void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            stop(new IOException("interrupted while writing", interrupted));
            join(thread);
            Thread.currentThread().interrupt();
        }
    }

    private void requireSuccess() throws IOException {
        Throwable thrown = failure.get();
        if (thrown instanceof IOException failed) {
            throw failed;
        } else if (thrown instanceof RuntimeException failed) {
            throw failed;
        } else if (thrown instanceof Error failed) {
            throw failed;
        }
    }
}
