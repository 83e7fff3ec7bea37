package io.graft.checkpoint.numpy;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** An array inside an archive. */
record MemberData(TensorData bytes) implements TensorData {
    @Override
    public long byteCount() {
        return bytes.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        try {
            return bytes.window(offset, length);
        } catch (CheckpointException damaged) {
            throw NumpyFormat.retold(damaged);
        }
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        try {
            bytes.transferTo(target);
        } catch (CheckpointException damaged) {
            throw NumpyFormat.retold(damaged);
        }
    }
}
