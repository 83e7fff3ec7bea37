package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** Tensor bytes that are in memory already. */
record HeapTensorData(ByteBuffer bytes) implements TensorData {
    @Override
    public long byteCount() {
        return bytes.remaining();
    }

    @Override
    public ByteBuffer window(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, byteCount());
        return bytes.slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public boolean isDirect() {
        return bytes.isDirect();
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            target.write(rest);
        }
    }
}
