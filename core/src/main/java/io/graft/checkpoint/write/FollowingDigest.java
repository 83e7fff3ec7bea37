package io.graft.checkpoint.write;

import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * SHA-256 of a file that is being written: a thread takes the blocks that were written, in the file's order, and gives their
 * memory back.
 */
final class FollowingDigest implements AutoCloseable {
    private final BlockBuffers buffers;
    private final long size;
    private final Map<Long, ByteBuffer> written = new HashMap<>();
    private final FutureTask<String> digest = new FutureTask<>(this::hash);
    private final Thread thread = new Thread(digest, "graft-digest");
    private long done;

    private FollowingDigest(BlockBuffers buffers, long size) {
        this.buffers = buffers;
        this.size = size;
        thread.setDaemon(true);
    }

    /**
     * Starts to follow.
     *
     * @param size bytes that the file will have
     */
    static FollowingDigest start(BlockBuffers buffers, long size) {
        FollowingDigest follower = new FollowingDigest(buffers, size);
        follower.thread.start();
        return follower;
    }

    /** Takes a block of the file, whichever comes first. */
    synchronized void add(long at, ByteBuffer block) {
        written.put(at, block);
        if (at == done) {
            notify();
        }
    }

    /** The digest in lower-case hexadecimal, once all blocks have come. */
    String await() throws IOException {
        try {
            return digest.get();
        } catch (ExecutionException failed) {
            throw new IOException("the digest cannot be taken", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while taking the digest", interrupted);
        }
    }

    /** Stops following, whether or not all was written. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private String hash() throws InterruptedException {
        try {
            MessageDigest sha256 = Sha256.digest();
            while (done < size) {
                ByteBuffer block = next();
                sha256.update(block);
                buffers.release(block);
            }
            return Sha256.of(sha256).hex();
        } catch (Throwable failure) {
            buffers.fail(failure);
            throw failure;
        }
    }

    private synchronized ByteBuffer next() throws InterruptedException {
        ByteBuffer block = written.remove(done);
        while (block == null) {
            wait();
            block = written.remove(done);
        }
        done += block.remaining();
        return block;
    }
}
