package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointException;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/**
 * Truth values, checked as they are read: another byte than 0 and 1 is true for one program and false for the next.
 *
 * @param refusal the error for another byte
 */
record BooleanTensorData(TensorData stored, Supplier<CheckpointException> refusal) implements TensorData {
    private static final int STEP = 1 << 16;

    @Override
    public long byteCount() {
        return stored.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        ByteBuffer window = stored.window(offset, length);
        for (int i = 0; i < length; i++) {
            if ((window.get(i) & ~1) != 0) {
                throw refusal.get();
            }
        }
        return window;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (long offset = 0; offset < byteCount(); offset += STEP) {
            ByteBuffer window = window(offset, (int) Math.min(STEP, byteCount() - offset));
            while (window.hasRemaining()) {
                target.write(window);
            }
        }
    }
}
