package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for the blocks of a file, outside the heap and used again and again. There is a limit to it, so that who writes waits
 * for who takes the digest.
 */
final class BlockBuffers {
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final int batch;
    private int left;
    private Throwable failure;

    /**
     * @param limit most buffers
     * @param batch how many come back before who waits goes on, so that it does not wake for each and disturb who gives back;
     *     fewer than will certainly come back
     */
    BlockBuffers(int limit, int batch) {
        this.left = limit;
        this.batch = batch;
    }

    /**
     * A little-endian buffer of a block's size, when there is one.
     *
     * @throws IOException if there will be none any more, or the thread is interrupted
     */
    synchronized ByteBuffer take() throws IOException {
        while (failure == null && free.isEmpty() && left == 0) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while writing", interrupted);
            }
        }
        if (failure != null) {
            throw new IOException("writing has stopped", failure);
        }
        if (free.isEmpty()) {
            left--;
            return ByteBuffer.allocateDirect(Block.LARGEST).order(ByteOrder.LITTLE_ENDIAN);
        }
        return free.pop();
    }

    /** Gives one back. The one given back last, which the processor's cache still holds, is the next to be taken. */
    synchronized void release(ByteBuffer buffer) {
        free.push(buffer);
        if (free.size() >= batch) {
            notify();
        }
    }

    /**
     * Nobody waits any more: what is in use may never come back.
     *
     * @param why what went wrong
     */
    synchronized void fail(Throwable why) {
        failure = why;
        notifyAll();
    }
}
