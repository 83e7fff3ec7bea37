package io.graft.checkpoint.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads little-endian numbers and texts forward from a stream of known length. Memory is one buffer, whatever the length;
 * a count from the file is compared with what is left before anything of that size is allocated.
 */
public final class ByteCursor implements AutoCloseable {
    private static final long LARGEST = 1 << 16;

    private final InputStream in;
    private final long length;
    private final byte[] buffer;
    private int next;
    private int end;
    private long loaded;

    /** @param length bytes of the stream */
    public ByteCursor(InputStream in, long length) {
        this.in = in;
        this.length = length;
        this.buffer = new byte[(int) Math.max(1, Math.min(length, LARGEST))];
    }

    /** Bytes read so far. */
    public long position() {
        return loaded - (end - next);
    }

    /** Bytes not read yet, by the length given at the start. */
    public long remaining() {
        return length - position();
    }

    /** An unsigned byte; the numbers below are little-endian. */
    public int u8() throws IOException {
        if (next == end) {
            fill();
        }
        return buffer[next++] & 0xff;
    }

    /** Two bytes, unsigned. */
    public int u16() throws IOException {
        return u8() | u8() << 8;
    }

    /** Four bytes, signed. */
    public int i32() throws IOException {
        return u16() | u16() << 16;
    }

    /** Four bytes, unsigned. */
    public long u32() throws IOException {
        return i32() & 0xffff_ffffL;
    }

    /** Eight bytes, signed. */
    public long i64() throws IOException {
        return u32() | (long) i32() << 32;
    }

    /**
     * The next bytes.
     *
     * @throws EOFException if fewer are left; nothing was allocated then
     */
    public byte[] bytes(long count) throws IOException {
        if (count > remaining()) {
            throw new EOFException();
        }
        byte[] bytes = new byte[Math.toIntExact(count)];
        int done = 0;
        while (done < bytes.length) {
            if (next == end) {
                fill();
            }
            int part = Math.min(bytes.length - done, end - next);
            System.arraycopy(buffer, next, bytes, done, part);
            next += part;
            done += part;
        }
        return bytes;
    }

    /** Moves forward; what is not in the buffer yet is not read where the stream can jump. */
    public void skip(long count) throws IOException {
        int buffered = (int) Math.min(count, end - next);
        next += buffered;
        long left = count - buffered;
        if (left > length - loaded) {
            throw new EOFException();
        }
        in.skipNBytes(left);
        loaded += left;
    }

    /** Bytes up to a line feed, which is taken and left out; nothing if they are more than {@code longest}. */
    public Optional<String> line(int longest) throws IOException {
        int start = next;
        int feed = start;
        while (feed < end && buffer[feed] != '\n') {
            feed++;
        }
        if (feed < end && feed - start <= longest) {
            next = feed + 1;
            return Optional.of(new String(buffer, start, feed - start, StandardCharsets.UTF_8));
        }
        return lineBeyondTheBuffer(longest);
    }

    private Optional<String> lineBeyondTheBuffer(int longest) throws IOException {
        byte[] line = new byte[longest];
        int size = 0;
        for (int b = u8(); b != '\n'; b = u8()) {
            if (size == longest) {
                return Optional.empty();
            }
            line[size++] = (byte) b;
        }
        return Optional.of(new String(line, 0, size, StandardCharsets.UTF_8));
    }

    private void fill() throws IOException {
        int count = loaded < length ? in.read(buffer, 0, (int) Math.min(buffer.length, length - loaded)) : -1;
        if (count <= 0) {
            throw new EOFException();
        }
        loaded += count;
        next = 0;
        end = count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
