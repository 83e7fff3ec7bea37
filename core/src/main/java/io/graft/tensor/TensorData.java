package io.graft.tensor;

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
     * @throws IOException if the bytes cannot be read, or what holds them is at fault
     */
    ByteBuffer window(long offset, int length) throws IOException;

    /**
     * Copies all bytes to a channel, without passing the Java heap where the data lie in a file.
     *
     * @throws IOException if the bytes cannot be read or written
     */
    void transferTo(WritableByteChannel target) throws IOException;

    /**
     * Fills the rest of a buffer with the bytes from an offset on.
     *
     * @throws IndexOutOfBoundsException if they are not inside the tensor
     * @throws IOException if they cannot be read
     */
    default void read(long offset, ByteBuffer target) throws IOException {
        target.put(window(offset, target.remaining()));
    }

    /** Whether several threads may look at once, at no more cost than one that looks at everything in order. */
    default boolean isDivisible() {
        return false;
    }

    /** Elements that are computed when they are looked at. */
    @FunctionalInterface
    interface Elements {
        /**
         * Computes some elements and puts them at the position of a little-endian buffer.
         *
         * @param first the first one's place in the tensor
         * @param count how many
         * @throws IOException if the values that they are computed from cannot be read
         */
        void write(long first, int count, ByteBuffer target) throws IOException;
    }

    /**
     * Bytes that are computed window by window, so that a large tensor takes no more memory than the window.
     *
     * @param from what they are computed from, divisible or not
     * @param elements computes them; if {@code from} is divisible, several threads may ask at once
     */
    static TensorData computed(TensorData from, DType dtype, long count, Elements elements) {
        return new ComputedTensorData(dtype.bits() / Byte.SIZE, count, elements, from.isDivisible());
    }

    /** Bytes held in memory; the buffer's content between position and limit is taken, not copied. */
    static TensorData of(ByteBuffer bytes) {
        return new HeapTensorData(bytes.asReadOnlyBuffer().slice().order(ByteOrder.LITTLE_ENDIAN));
    }
}
