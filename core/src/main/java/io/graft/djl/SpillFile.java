package io.graft.djl;

import io.graft.checkpoint.TensorData;
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

    /** Copies a tensor to the end of the file; the result reads it from there for as long as the file is open. */
    TensorData append(TensorData data) throws IOException {
        if (channel == null) {
            Path path = Files.createTempFile("graft-", ".tensors");
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        }
        long offset = channel.size();
        channel.position(offset);
        data.transferTo(channel);
        return new Spilled(channel, offset, channel.size() - offset);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private record Spilled(FileChannel channel, long offset, long byteCount) implements TensorData {
        @Override
        public ByteBuffer window(long from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, byteCount);
            ByteBuffer bytes = ByteBuffer.allocateDirect(length);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + from + bytes.position()) < 0) {
                    throw new EOFException("the temporary file of saved tensors was cut short");
                }
            }
            return bytes.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            long done = 0;
            while (done < byteCount) {
                long moved = channel.transferTo(offset + done, byteCount - done, target);
                if (moved <= 0) {
                    throw new EOFException("the temporary file of saved tensors was cut short");
                }
                done += moved;
            }
        }
    }
}
