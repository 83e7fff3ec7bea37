package io.graft.checkpoint.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file as a stream. */
public final class FileSlice extends InputStream {
    private final FileChannel channel;
    private final boolean owned;
    private long position;
    private final long end;

    /**
     * A stream that owns the channel.
     *
     * @param length bytes; the file has as many from the offset on
     */
    public FileSlice(FileChannel channel, long offset, long length) {
        this(channel, true, offset, length);
    }

    private FileSlice(FileChannel channel, boolean owned, long offset, long length) {
        this.channel = channel;
        this.owned = owned;
        this.position = offset;
        this.end = offset + length;
    }

    /** A stream over a channel that somebody else closes. */
    public static FileSlice lent(FileChannel channel, long offset, long length) {
        return new FileSlice(channel, false, offset, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == end) {
            return -1;
        }
        int count = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, end - position)), position);
        if (count < 0) {
            throw new EOFException();
        }
        position += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        if (owned) {
            channel.close();
        }
    }

    @Override
    public long skip(long count) {
        long moved = Math.max(0, Math.min(count, end - position));
        position += moved;
        return moved;
    }
}
