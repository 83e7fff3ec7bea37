package io.graft.training.checkpoint;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for the copies of a training's values, outside the Java heap. It is kept from one checkpoint to the next, which has tensors of
 * the same sizes in the same order: the system would clear each page of new memory while the training stands still, and what is given
 * up waits for the collector.
 */
final class CopyMemory {
    private final List<ByteBuffer> buffers = new ArrayList<>();
    private int taken;

    /** Begins again: nobody needs the copies of before any more. */
    void reuse() {
        taken = 0;
    }

    /** An empty buffer of exactly so many bytes. */
    ByteBuffer take(int bytes) {
        if (taken < buffers.size() && buffers.get(taken).capacity() != bytes) {
            buffers.subList(taken, buffers.size()).clear();
        }
        if (taken == buffers.size()) {
            buffers.add(ByteBuffer.allocateDirect(bytes));
        }
        return buffers.get(taken++).clear();
    }
}
