package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.layout.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Whether codes that have zero points are symmetric all the same, by so many of the points that no others would be alike. */
final class ZeroPoints {
    private static final int LOOKED_AT = 1 << 20;

    private ZeroPoints() {}

    private static ByteBuffer first(Part points) {
        try {
            return points.data()
                    .window(0, (int) Math.min(LOOKED_AT, points.data().byteCount()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Bytes that are zero. */
    static boolean areZero(Part points) {
        ByteBuffer bytes = first(points);
        while (bytes.hasRemaining()) {
            if (bytes.get() != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whole words that are all the same. */
    static boolean are(Part points, int word) {
        ByteBuffer bytes = first(points);
        while (bytes.remaining() >= Integer.BYTES) {
            if (bytes.getInt() != word) {
                return false;
            }
        }
        return true;
    }

    /**
     * Numbers in words, from 0 on, that are the middle of all codes.
     *
     * @param points {@code [words of all rows, groups]}
     */
    static boolean areMiddle(Part points, int bits, long rows) {
        ByteBuffer bytes = first(points);
        long groups = points.shape().dimension(1);
        int inWord = Integer.SIZE / bits;
        for (long at = 0; bytes.remaining() >= Integer.BYTES; at++) {
            int word = bytes.getInt();
            long row = at / groups * inWord;
            for (int i = 0; i < inWord && row + i < rows; i++) {
                if ((word >>> (i * bits) & ((1 << bits) - 1)) != 1 << (bits - 1)) {
                    return false;
                }
            }
        }
        return true;
    }
}
