package io.graft.checkpoint.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * SHA-256 of a file that is being written from start to end: a thread follows the writer's position and reads back what was
 * written, which the operating system still holds in memory.
 */
final class FollowingDigest implements AutoCloseable {
    private static final int STEP = 1 << 18;
    private static final int PAUSE_MILLIS = 1;

    private final FileChannel file;
    private final long size;
    private final FutureTask<String> digest = new FutureTask<>(this::follow);
    private volatile boolean abandoned;

    private FollowingDigest(FileChannel file, long size) {
        this.file = file;
        this.size = size;
    }

    /**
     * Starts to follow.
     *
     * @param file open for reading too; written at its position
     * @param size bytes that it will have
     */
    static FollowingDigest start(FileChannel file, long size) {
        FollowingDigest follower = new FollowingDigest(file, size);
        Thread thread = new Thread(follower.digest, "graft-digest");
        thread.setDaemon(true);
        thread.start();
        return follower;
    }

    /** The digest in lower-case hexadecimal, once all bytes have been written and read back. */
    String await() throws IOException {
        try {
            return digest.get();
        } catch (ExecutionException failed) {
            throw new IOException("the written file cannot be read back", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading back the written file", interrupted);
        }
    }

    /** Stops following, whether or not all was written. */
    @Override
    public void close() {
        abandoned = true;
    }

    private String follow() throws IOException, NoSuchAlgorithmException, InterruptedException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        long done = 0;
        while (done < size && !abandoned) {
            long ready = file.position() - done;
            if (ready == 0) {
                Thread.sleep(PAUSE_MILLIS);
                continue;
            }
            while (ready > 0) {
                int read = file.read(buffer.clear().limit((int) Math.min(STEP, ready)), done);
                sha256.update(buffer.array(), 0, read);
                done += read;
                ready -= read;
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
