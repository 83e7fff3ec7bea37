package io.graft.training.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Memory for the copies of a training's values, outside the Java heap. It is kept from one checkpoint to the next, which has tensors of
 * the same sizes in the same order: the system would clear each page of new memory while the training stands still, and what is given
 * up waits for the collector.
 */
final class CopyMemory {
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private final IntFunction<ByteBuffer> allocation;
    private int taken;

    CopyMemory() {
        this(ByteBuffer::allocateDirect);
    }

    /**
     * @param allocation of so many bytes
     */
    CopyMemory(IntFunction<ByteBuffer> allocation) {
        this.allocation = allocation;
    }

    /** Begins again: nobody needs the copies of before any more. */
    void reuse() {
        taken = 0;
    }

    /**
     * An empty buffer of exactly so many bytes.
     *
     * @throws IOException if the JVM does not give so much
     */
    ByteBuffer take(int bytes) throws IOException {
        if (taken < buffers.size() && buffers.get(taken).capacity() != bytes) {
            buffers.subList(taken, buffers.size()).clear();
        }
        if (taken == buffers.size()) {
            buffers.add(allocate(bytes));
        }
        return buffers.get(taken++).clear();
    }

    private ByteBuffer allocate(int bytes) throws IOException {
        try {
            return allocation.apply(bytes);
        } catch (OutOfMemoryError limited) {
            long before = buffers.stream().mapToLong(ByteBuffer::capacity).sum();
            throw new IOException(
                    "the JVM has no memory outside the heap for a copy of the values, of which " + before
                            + " bytes are copied and the next tensor has " + bytes
                            + ": allow more by `-XX:MaxDirectMemorySize`, which is as large as the heap if nothing is said",
                    limited);
        }
    }
}
