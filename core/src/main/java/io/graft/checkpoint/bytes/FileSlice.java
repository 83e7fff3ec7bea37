package io.graft.checkpoint.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a file as a stream, which owns the channel. */
public final class FileSlice extends InputStream {
    private final FileChannel channel;
    private long position;
    private final long end;

    /** @param length bytes; the file has as many from the offset on */
    public FileSlice(FileChannel channel, long offset, long length) {
        this.channel = channel;
        this.position = offset;
        this.end = offset + length;
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
        channel.close();
    }

    @Override
    public long skip(long count) {
        long moved = Math.max(0, Math.min(count, end - position));
        position += moved;
        return moved;
    }
}
