package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The bytes of a logical tensor. Nothing of its parts is read until bytes are asked for. */
final class DecodedData implements TensorData {
    private final LazyTensor value;
    private TensorData opened;

    DecodedData(LazyTensor value) {
        this.value = value;
    }

    private synchronized TensorData opened() throws IOException {
        if (opened == null) {
            opened = value.materialize();
        }
        return opened;
    }

    @Override
    public long byteCount() {
        return value.dtype().byteCount(value.shape());
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        return opened().window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        opened().read(offset, target);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        opened().transferTo(target);
    }

    @Override
    public Elements elements(DType as, long first, int count, ByteBuffer room) throws IOException {
        return opened().elements(as, first, count, room);
    }
}
