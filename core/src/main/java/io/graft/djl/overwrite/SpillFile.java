package io.graft.djl.overwrite;

import io.graft.extension.Thrown;
import io.graft.tensor.TensorData;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A temporary file that tensors wait in, so that memory never holds them all. It is gone when closed, and not made before there
 * are more bytes than one piece, for small ones are collected in memory and written together. No interrupt closes it, as it would a
 * {@code FileChannel}: it may hold the only copy of old values. Filled by one thread; afterwards any may read.
 */
public final class SpillFile implements AutoCloseable {
    /** Bytes that are written at a time, and the most that memory holds. */
    static final int PIECE = 1 << 20;

    private final Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    private AsynchronousFileChannel channel;

    /** Bytes in the file. */
    private long written;

    /** What follows them, as far as it is filled. */
    private ByteBuffer collected = ByteBuffer.allocate(0);

    private boolean closed;

    /** Copies a tensor to the end of the file; the result reads it from there for as long as the file is open. */
    public TensorData append(TensorData data) throws IOException {
        long offset = end();
        data.transferTo(new End());
        return new Spilled(offset, end() - offset);
    }

    /** Copies bytes to the end of the file, and tells where that is. What was copied before is still there if this fails. */
    long append(ByteBuffer bytes) throws IOException {
        requireOpen();
        if (bytes.remaining() > PIECE - collected.position()) {
            write(collected.duplicate().flip());
            collected.clear();
        }
        long offset = end();
        if (bytes.remaining() >= PIECE) {
            write(bytes);
        } else {
            collect(bytes);
        }
        return offset;
    }

    /** Fills the rest of a buffer with the bytes from an offset on. */
    void read(long offset, ByteBuffer target) throws IOException {
        requireOpen();
        int limit = target.limit();
        long start = offset - target.position();
        target.limit((int) Math.max(target.position(), Math.min(limit, written - start)));
        while (target.hasRemaining()) {
            if (await(channel().read(target, start + target.position())) < 0) {
                throw new EOFException("the temporary file of saved tensors was cut short");
            }
        }
        target.limit(limit);
        if (target.hasRemaining()) {
            target.put(collected.slice((int) (start + target.position() - written), target.remaining()));
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    private long end() {
        return written + collected.position();
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void collect(ByteBuffer bytes) {
        if (collected.capacity() == 0) {
            collected = ByteBuffer.allocate(PIECE);
        }
        collected.put(bytes);
    }

    /** Writes behind what is in the file: all of it, or what is there ends where it did. */
    private void write(ByteBuffer bytes) throws IOException {
        long end = written;
        try {
            while (bytes.hasRemaining()) {
                end += await(channel().write(bytes, end));
            }
        } catch (IOException full) {
            throw new IOException(
                    "a temporary file in " + folder + " cannot be written: " + Thrown.sentence(full), full);
        }
        written = end;
    }

    private AsynchronousFileChannel channel() throws IOException {
        if (channel == null) {
            Path path = Files.createTempFile(folder, "graft-", ".tensors");
            channel = AsynchronousFileChannel.open(
                    path,
                    Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE),
                    new CallersThread());
        }
        return channel;
    }

    private static int await(Future<Integer> moved) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return moved.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException failure ? failure : new IOException(failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The end of the file, as a channel to write to. */
    private final class End implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int count = bytes.remaining();
            append(bytes);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final class Spilled implements TensorData {
        private final long offset;
        private final long byteCount;

        Spilled(long offset, long byteCount) {
            this.offset = offset;
            this.byteCount = byteCount;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        @Override
        public ByteBuffer window(long from, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocateDirect(length);
            read(from, bytes);
            return bytes.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void read(long from, ByteBuffer target) throws IOException {
            Objects.checkFromIndexSize(from, target.remaining(), byteCount);
            SpillFile.this.read(offset + from, target);
        }

        @Override
        public boolean isDivisible() {
            return true;
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            for (long done = 0; done < byteCount; done += PIECE) {
                ByteBuffer piece = window(done, (int) Math.min(PIECE, byteCount - done));
                while (piece.hasRemaining()) {
                    target.write(piece);
                }
            }
        }
    }
}
