package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.pytorch.storage.Placement;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Map;

/**
 * A storage as it is in its file, but for the elements of some tensors. Looked at in order: a strided tensor is gone through
 * once for each segment.
 *
 * @param tensors the new values, and where they lie in the storage
 */
record RewrittenStorage(TensorData old, ByteOrder order, Map<Placement, TensorData> tensors) implements TensorData {
    /** Most of it that is in memory at once. */
    private static final int SEGMENT = 1 << 26;

    @Override
    public long byteCount() {
        return old.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        ByteBuffer segment = ByteBuffer.allocate(length).order(order);
        old.read(offset, segment);
        for (Map.Entry<Placement, TensorData> tensor : tensors.entrySet()) {
            tensor.getKey().put(tensor.getValue(), offset, segment);
        }
        return segment.rewind().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (long start = 0; start < byteCount(); start += SEGMENT) {
            ByteBuffer segment = window(start, (int) Math.min(SEGMENT, byteCount() - start));
            while (segment.hasRemaining()) {
                target.write(segment);
            }
        }
    }
}
