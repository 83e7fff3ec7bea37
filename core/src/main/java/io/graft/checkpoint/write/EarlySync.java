package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Forces a file to the disk. A thread begins with that while the file is still being written, and so the disk has little left to
 * do at its end.
 */
final class EarlySync implements AutoCloseable {
    /** Bytes after which the next lot is forced. */
    private static final long STEP = 1L << 26;

    private final FileChannel file;
    private final FutureTask<Void> forcing = new FutureTask<>(this::force);
    private final Thread thread = new Thread(forcing, "graft-sync");
    private long waiting;
    private boolean ended;

    private EarlySync(FileChannel file) {
        this.file = file;
        thread.setDaemon(true);
    }

    static EarlySync start(FileChannel file) {
        EarlySync sync = new EarlySync(file);
        sync.thread.start();
        return sync;
    }

    /** Takes note of more that was written. */
    synchronized void wrote(long bytes) {
        waiting += bytes;
        if (waiting >= STEP) {
            notify();
        }
    }

    /**
     * Waits until all of it is on the disk.
     *
     * @throws IOException if the disk failed, now or before: it may tell only once
     */
    void finish() throws IOException {
        close();
        try {
            forcing.get();
        } catch (ExecutionException failed) {
            throw new IOException("the file cannot be forced to the disk", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while forcing the file to the disk", interrupted);
        }
        file.force(true);
    }

    /** Begins with nothing new. The thread is not interrupted, which would close the file. */
    @Override
    public synchronized void close() {
        ended = true;
        notify();
    }

    private Void force() throws IOException, InterruptedException {
        while (take()) {
            file.force(false);
        }
        return null;
    }

    /** Waits for a lot; false at the end. */
    private synchronized boolean take() throws InterruptedException {
        while (waiting < STEP && !ended) {
            wait();
        }
        waiting = 0;
        return !ended;
    }
}
