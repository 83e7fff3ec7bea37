package io.graft.modifiers.quantization.stored.packing;

import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Piece;
import java.nio.ByteBuffer;

/**
 * Codes of 4 or 8 bits in words of 32, the first in the lowest bits, with the least code as zero. A unit begins with a word; where it is
 * a row that does not fill its last one, zeros follow.
 *
 * @param unit values of a unit
 */
public record RowWords(int bits, int unit) implements Packing {
    /** The words that values of a row, or of whole units of it, take. */
    public long words(long values) {
        int inWord = Integer.SIZE / bits;
        return values / inWord + (values % inWord == 0 ? 0 : 1);
    }

    @Override
    public long bytes(long values) {
        return values / unit * words(unit) * Integer.BYTES;
    }

    @Override
    public void pack(Piece piece, ByteBuffer target) {
        int offset = 1 << (bits - 1);
        int mask = (1 << bits) - 1;
        int inWord = Integer.SIZE / bits;
        for (int unit = 0; unit < piece.units(); unit++) {
            int end = (unit + 1) * piece.unit();
            for (int at = unit * piece.unit(); at < end; at += inWord) {
                int word = 0;
                for (int i = Math.min(end, at + inWord) - 1; i >= at; i--) {
                    word = (word << bits) | ((piece.codes()[i] + offset) & mask);
                }
                target.putInt(word);
            }
        }
    }
}
