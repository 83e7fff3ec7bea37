package io.graft.djl.overwrite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of one commit, as many as there are processors: a leader, and helpers. An interrupt closes the file that the thread
 * reads, so these are known to nobody, an interrupt of theirs is forgotten, and who waits for them waits until they are done.
 */
public final class Crew implements AutoCloseable {
    /** Below the root of all groups, for who interrupts a group interrupts every group below it. */
    private static final ThreadGroup GROUP = new ThreadGroup(root(), "graft");

    private final ThreadPoolExecutor helpers;

    public Crew() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        this.helpers = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(threads + 1),
                Crew::thread,
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** A piece of work. */
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /**
     * Does work on a thread of its own, the leader.
     *
     * @throws IOException whatever the work threw
     */
    public static void lead(Work work) throws IOException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        thread(() -> run(work, done)).start();
        await(List.of(done));
    }

    /** Hands a piece of work to a helper. Little work waits at a time: whoever hands out more does a piece first. */
    CompletableFuture<Void> submit(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        helpers.execute(() -> run(work, done));
        return done;
    }

    /** Does all of some work at the same time, the first piece of it on the caller's thread. */
    void share(List<Work> works) throws IOException {
        List<CompletableFuture<Void>> handedOut = new ArrayList<>();
        try {
            works.stream().skip(1).forEach(work -> handedOut.add(submit(work)));
            for (Work own : works.subList(0, Math.min(1, works.size()))) {
                own.run();
            }
        } finally {
            await(handedOut);
        }
    }

    /**
     * Waits for all of some work, even if a piece of it fails.
     *
     * @throws IOException whatever a piece threw
     */
    static void await(Collection<CompletableFuture<Void>> works) throws IOException {
        try {
            CompletableFuture.allOf(works.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            } else if (cause instanceof RuntimeException failure) {
                throw failure;
            } else if (cause instanceof Error failure) {
                throw failure;
            }
            throw new IOException(cause);
        }
    }

    @Override
    public void close() {
        helpers.shutdown();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(GROUP, work, "graft-commit");
        thread.setDaemon(true);
        return thread;
    }

    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    private static void run(Work work, CompletableFuture<Void> done) {
        try {
            work.run();
            done.complete(null);
        } catch (Throwable failure) {
            done.completeExceptionally(failure);
        } finally {
            forgetInterrupt();
        }
    }

    /** Other people's code may interrupt its own thread, which is one of these; what is read next must not fail of it. */
    public static void forgetInterrupt() {
        Thread.interrupted();
    }
}
