package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * The bytes of one tensor: contiguous, row-major, little-endian. Nothing is read until it is asked for, and a tensor may
 * be larger than 2 GiB, so bytes are reached through windows.
 */
public interface TensorData {
    /** Number of bytes. */
    long byteCount();

    /**
     * A read-only window on the bytes, in little-endian order, at position 0. Large windows are mapped, not copied.
     *
     * @throws IndexOutOfBoundsException if the window is not inside the tensor
     * @throws IOException if the bytes cannot be read; a {@link CheckpointException} if the file is at fault
     */
    ByteBuffer window(long offset, int length) throws IOException;

    /**
     * Copies all bytes to a channel, without passing the Java heap where the data lie in a file.
     *
     * @throws IOException if the bytes cannot be read or written
     */
    void transferTo(WritableByteChannel target) throws IOException;

    /** Bytes held in memory; the buffer's content between position and limit is taken, not copied. */
    static TensorData of(ByteBuffer bytes) {
        return new HeapTensorData(bytes.asReadOnlyBuffer().slice().order(ByteOrder.LITTLE_ENDIAN));
    }
}
