package io.graft.apply;

import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Tensor data that nobody may read: it shows that planning reads headers only. */
record UnreadableData(long byteCount) implements TensorData {
    @Override
    public ByteBuffer window(long offset, int length) {
        throw new AssertionError("tensor data was read");
    }

    @Override
    public void transferTo(WritableByteChannel target) {
        throw new AssertionError("tensor data was read");
    }
}
