package io.graft.checkpoint.bytes;

import io.graft.checkpoint.FileBacked;
import io.graft.checkpoint.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Some of stored bytes, in a row.
 *
 * @param stored all of them
 * @param bytes these, as they lie in the file
 */
public record StoredData(StoredBytes stored, FileBacked bytes) implements FileBacked {
    @Override
    public long byteCount() {
        return bytes.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        stored.check();
        return bytes.window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        stored.check();
        bytes.read(offset, target);
    }

    @Override
    public FileRegion region() throws IOException {
        stored.check();
        return bytes.region();
    }

    @Override
    public boolean isDivisible() {
        return bytes.isDivisible();
    }

    @Override
    public boolean isMapped() {
        return bytes.isMapped();
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        stored.check();
        bytes.transferTo(target);
    }
}
