package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** The CRC-32 of a piece, taken block by block while several threads write it. */
public final class PieceChecksum {
    private static final int POLYNOMIAL = 0xedb8_8320;

    /** {@code x} to the power of {@code 2^i} modulo the polynomial; the highest bit stands for the lowest power. */
    private static final int[] POWERS = powers();

    private final long length;
    private long left;
    private int crc;
    private Throwable failure;

    /** @param length bytes of the piece */
    public PieceChecksum(long length) {
        this.length = length;
        this.left = length;
    }

    /**
     * The checksum, when all bytes have come.
     *
     * @throws IOException if they will not, or the thread is interrupted
     */
    public synchronized long await() throws IOException {
        while (left > 0 && failure == null) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while writing", interrupted);
            }
        }
        if (left > 0) {
            throw new IOException("writing has stopped", failure);
        }
        return Integer.toUnsignedLong(crc);
    }

    /** Takes a buffer's bytes, which stand at an offset of the piece. They may come in any order. */
    void add(long offset, ByteBuffer bytes) {
        int count = bytes.remaining();
        CRC32 part = new CRC32();
        part.update(bytes);
        int shifted = behind((int) part.getValue(), length - offset - count);
        synchronized (this) {
            // A checksum of bytes one after the other is the sum of theirs, each moved by the bytes that follow.
            crc ^= shifted;
            left -= count;
            notifyAll();
        }
    }

    /** Nobody waits any more: not all bytes will come. */
    synchronized void fail(Throwable why) {
        failure = why;
        notifyAll();
    }

    /** What a checksum adds to that of a text that goes on with so many bytes more. */
    private static int behind(int crc, long bytes) {
        int moved = crc;
        int power = 3;
        for (long rest = bytes; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                moved = product(POWERS[power % POWERS.length], moved);
            }
            power++;
        }
        return moved;
    }

    private static int product(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bits = a; bits != 0; bits <<= 1) {
            if (bits < 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
        }
        return product;
    }

    private static int[] powers() {
        // The powers repeat: x to the power of 2^32 is x again.
        int[] powers = new int[32];
        powers[0] = 1 << 30;
        for (int i = 1; i < powers.length; i++) {
            powers[i] = product(powers[i - 1], powers[i - 1]);
        }
        return powers;
    }
}
