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
        ByteBuffer window = window(offset, target.remaining());
        if (window.remaining() != target.remaining()) {
            throw new IllegalStateException(
                    target.remaining() + " bytes were asked for, and " + window.remaining() + " came");
        }
        target.put(window);
    }

    /** Whether several threads may look at once, at no more cost than one that looks at everything in order. */
    default boolean isDivisible() {
        return false;
    }

    /**
     * Whether large windows are a file's memory and elements nothing but the bytes there, so that they may be looked at in any order
     * without reading all of them.
     */
    default boolean isMapped() {
        return false;
    }

    /** Whether windows are the very memory that holds the bytes, outside the Java heap, so that the system can write them from there. */
    default boolean isDirect() {
        return false;
    }

    /** Elements on their way from where they lie to where they are written, in order. */
    @FunctionalInterface
    interface Elements {
        /**
         * Puts the next ones into a block.
         *
         * @param count how many; no more than the block takes and than are left
         * @throws IOException if the values that they are computed from cannot be read
         */
        void next(ElementBlock block, int count) throws IOException;
    }

    /** Computes elements. */
    @FunctionalInterface
    interface Computation {
        /**
         * Some elements, which are computed as they are asked for.
         *
         * @param first the first one's place in the tensor
         * @param count how many
         * @param room memory that bytes may be read into; its content is lost, from the start on as far as elements were taken
         */
        Elements elements(long first, int count, ByteBuffer room) throws IOException;
    }

    /**
     * Some elements as numbers. Those that are computed come as they are, not by way of bytes.
     *
     * @param dtype what the bytes are
     * @param room as for {@link Computation#elements}
     */
    default Elements elements(DType dtype, long first, int count, ByteBuffer room) throws IOException {
        int width = dtype.bits() / Byte.SIZE;
        int length = Math.multiplyExact(count, width);
        if (length > room.remaining()) {
            ByteBuffer bytes = window(first * width, length);
            return (block, next) -> block.read(dtype, bytes, next);
        }
        // At the end of the room: what is written at its start, of elements as wide or wider, never reaches what was
        // not read.
        ByteBuffer bytes = room.slice(room.limit() - length, length).order(ByteOrder.LITTLE_ENDIAN);
        read(first * width, bytes);
        bytes.flip();
        return (block, next) -> block.read(dtype, bytes, next);
    }

    /**
     * Elements that are computed window by window, so that a large tensor takes no more memory than the window.
     *
     * @param from what they are computed from, divisible or not
     * @param computation computes them; if {@code from} is divisible, several threads may ask at once
     */
    static TensorData computed(TensorData from, DType dtype, long count, Computation computation) {
        return new ComputedTensorData(dtype, count, computation, from.isDivisible(), Rounding.UNWATCHED);
    }

    /**
     * Elements that are computed window by window, from several tensors or from none.
     *
     * @param divisible whether several threads may ask at once: whether all that they are computed from is divisible
     */
    static TensorData computed(boolean divisible, DType dtype, long count, Computation computation) {
        return new ComputedTensorData(dtype, count, computation, divisible, Rounding.UNWATCHED);
    }

    /** Bytes held in memory; the buffer's content between position and limit is taken, not copied. */
    static TensorData of(ByteBuffer bytes) {
        return new HeapTensorData(bytes.asReadOnlyBuffer().slice().order(ByteOrder.LITTLE_ENDIAN));
    }
}
