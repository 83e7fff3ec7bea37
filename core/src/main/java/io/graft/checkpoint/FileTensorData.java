package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** Tensor bytes that lie contiguously in a file. */
record FileTensorData(CheckpointFile file, long offset, long byteCount) implements FileBacked {
    /** Up to here a copy is cheaper than a mapping, which lives until it is collected. */
    private static final int LARGEST_COPY = 1 << 20;

    /** Bytes moved by one call, so that who watches the target's position sees progress inside a large tensor. */
    private static final int STEP = 1 << 23;

    FileTensorData {
        Objects.checkFromIndexSize(offset, byteCount, file.size());
    }

    @Override
    public ByteBuffer window(long from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, byteCount);
        if (length <= LARGEST_COPY) {
            ByteBuffer copy = ByteBuffer.allocate(length);
            read(from, copy);
            return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        try (FileChannel channel = file.open()) {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset + from, length)
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Override
    public void read(long from, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(from, target.remaining(), byteCount);
        try (FileChannel channel = file.open()) {
            file.read(channel, offset + from, target);
        }
    }

    @Override
    public FileRegion region() {
        return new FileRegion(file, offset, byteCount);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public boolean isMapped() {
        return true;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        try (FileChannel channel = file.open()) {
            long position = offset;
            long end = offset + byteCount;
            while (position < end) {
                long moved = channel.transferTo(position, Math.min(STEP, end - position), target);
                if (moved <= 0) {
                    throw file.changed();
                }
                position += moved;
            }
        }
        // What was copied is the tensor only if nobody wrote to the file meanwhile.
        file.requireUnchanged();
    }
}
