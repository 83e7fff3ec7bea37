package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/** Cuts bytes that come in order into the blocks of a file. */
final class BlockChannel implements WritableByteChannel {
    private final FileInProgress file;
    private final Optional<PieceChecksum> checksum;
    private final long start;
    private long at;
    private ByteBuffer block;

    /**
     * @param checksum takes note of them
     * @param start where in the file they begin
     */
    BlockChannel(FileInProgress file, Optional<PieceChecksum> checksum, long start) {
        this.file = file;
        this.checksum = checksum;
        this.start = start;
        this.at = start;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int count = source.remaining();
        while (source.hasRemaining()) {
            if (block == null) {
                block = file.buffers().take().clear().limit((int) (Block.endOf(at) - at));
            }
            int part = Math.min(source.remaining(), block.remaining());
            block.put(source.slice(source.position(), part));
            source.position(source.position() + part);
            if (!block.hasRemaining()) {
                flush();
            }
        }
        return count;
    }

    /** Writes what is left, and tells how many bytes there were. */
    long finish() throws IOException {
        if (block != null) {
            flush();
        }
        return at - start;
    }

    private void flush() throws IOException {
        ByteBuffer full = block.flip();
        block = null;
        int length = full.remaining();
        checksum.ifPresent(sum -> sum.add(at - start, full.duplicate()));
        file.put(full, at);
        at += length;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
