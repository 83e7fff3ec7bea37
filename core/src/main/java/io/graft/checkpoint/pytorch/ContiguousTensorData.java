package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** A tensor whose bytes lie in its storage as they are. */
record ContiguousTensorData(Storage storage, TensorData bytes) implements TensorData {
    @Override
    public long byteCount() {
        return bytes.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        storage.check();
        return bytes.window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        storage.check();
        bytes.read(offset, target);
    }

    @Override
    public Optional<FileRegion> region() throws IOException {
        storage.check();
        return bytes.region();
    }

    @Override
    public boolean isDivisible() {
        return bytes.isDivisible();
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        storage.check();
        bytes.transferTo(target);
    }
}
