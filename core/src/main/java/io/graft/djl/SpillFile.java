package io.graft.djl;

import io.graft.tensor.TensorData;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A temporary file that tensors wait in, so that memory never holds them all. It is made on first use and gone when closed. */
final class SpillFile implements AutoCloseable {
    private FileChannel channel;
    private long end;

    /** Copies a tensor to the end of the file; the result reads it from there for as long as the file is open. */
    TensorData append(TensorData data) throws IOException {
        long offset = end;
        data.transferTo(channel().position(offset));
        end = channel.position();
        return new Spilled(offset, end - offset);
    }

    /** Copies bytes to the end of the file, and tells where that is. */
    long append(ByteBuffer bytes) throws IOException {
        long offset = end;
        while (bytes.hasRemaining()) {
            end += channel().write(bytes, end);
        }
        return offset;
    }

    /** Fills the rest of a buffer with the bytes from an offset on. */
    void read(long offset, ByteBuffer target) throws IOException {
        long start = offset - target.position();
        while (target.hasRemaining()) {
            if (channel.read(target, start + target.position()) < 0) {
                throw cutShort();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private FileChannel channel() throws IOException {
        if (channel == null) {
            Path path = Files.createTempFile("graft-", ".tensors");
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        }
        return channel;
    }

    private static EOFException cutShort() {
        return new EOFException("the temporary file of saved tensors was cut short");
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
            long done = 0;
            while (done < byteCount) {
                long moved = channel.transferTo(offset + done, byteCount - done, target);
                if (moved <= 0) {
                    throw cutShort();
                }
                done += moved;
            }
        }
    }
}
