package io.graft.checkpoint.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * SHA-256 of a file that is being written: a thread follows its pieces, in the file's order, and reads back what was written,
 * which the operating system still holds in memory.
 */
final class FollowingDigest implements AutoCloseable {
    private static final int STEP = 1 << 18;

    private final FileChannel file;
    private final long size;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final FutureTask<String> digest = new FutureTask<>(this::hash);
    private final Thread thread = new Thread(digest, "graft-digest");

    private record Piece(Future<?> written, long end) {}

    private FollowingDigest(FileChannel file, long size) {
        this.file = file;
        this.size = size;
        thread.setDaemon(true);
    }

    /**
     * Starts to follow.
     *
     * @param file open for reading too
     * @param size bytes that it will have
     */
    static FollowingDigest start(FileChannel file, long size) {
        FollowingDigest follower = new FollowingDigest(file, size);
        follower.thread.start();
        return follower;
    }

    /** The next piece, up to this end. */
    void follow(Future<?> written, long end) {
        pieces.add(new Piece(written, end));
    }

    /** The digest in lower-case hexadecimal, once all pieces have been written and read back. */
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
        if (!digest.isDone()) {
            thread.interrupt();
        }
    }

    private String hash() throws IOException, NoSuchAlgorithmException, ExecutionException, InterruptedException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        long done = 0;
        while (done < size) {
            Piece piece = pieces.take();
            piece.written.get();
            while (done < piece.end) {
                int read = file.read(buffer.clear().limit((int) Math.min(STEP, piece.end - done)), done);
                if (read < 0) {
                    throw new EOFException("the written file ends after " + done + " bytes");
                }
                sha256.update(buffer.array(), 0, read);
                done += read;
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
