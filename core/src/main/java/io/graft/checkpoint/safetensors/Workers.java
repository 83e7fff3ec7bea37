package io.graft.checkpoint.safetensors;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that share the work of one output: one for each processor, the caller's included. Little work waits at a time: who
 * hands out more helps with it first, so that memory is bounded.
 */
final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor pool;

    private Workers(int threads) {
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads + 1),
                work -> {
                    Thread thread = new Thread(work, "graft-writer");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    static Workers start() {
        return new Workers(Math.max(1, processors() - 1));
    }

    static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** A piece of work. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Hands out a piece of work. */
    Future<?> submit(Work work) {
        Callable<Void> call = () -> {
            work.run();
            return null;
        };
        return pool.submit(call);
    }

    /**
     * Waits for a piece of work.
     *
     * @throws IOException whatever the work threw
     */
    static void await(Future<?> work) throws IOException {
        try {
            work.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            } else if (cause instanceof RuntimeException failure) {
                throw failure;
            } else if (cause instanceof Error failure) {
                throw failure;
            }
            throw new IOException(cause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing", interrupted);
        }
    }

    /** Stops what is not done yet, and waits until nothing runs any more. */
    @Override
    public void close() {
        pool.shutdownNow();
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
