package io.graft.modifiers.quantization.stored.packing;

import io.graft.modifiers.quantization.scheme.Nibbles;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Piece;
import java.nio.ByteBuffer;

/**
 * Two codes of four bits in a byte, the first one in the high bits. Where the last byte has room for another one, that is the code of
 * zero.
 */
public record HighFirst(Nibbles alphabet) implements Packing {
    private static final int BITS = 4;

    @Override
    public long bytes(long values) {
        return values / 2 + values % 2;
    }

    @Override
    public void pack(Piece piece, ByteBuffer target) {
        byte[] codes = piece.codes();
        int count = piece.count();
        int bytes = count / 2;
        // In the place of codes that were packed: each byte comes of two of them.
        for (int i = 0; i < bytes; i++) {
            codes[i] = (byte) (codes[2 * i] << BITS | codes[2 * i + 1]);
        }
        target.put(codes, 0, bytes);
        if (count % 2 == 1) {
            target.put((byte) (codes[count - 1] << BITS | alphabet.zero()));
        }
    }
}
