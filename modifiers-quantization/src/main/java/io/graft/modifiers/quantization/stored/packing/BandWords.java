package io.graft.modifiers.quantization.stored.packing;

import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Piece;
import java.nio.ByteBuffer;
import java.util.List;

/** Codes of a transposed matrix in words of 32 bits, from the lowest bits on. */
public final class BandWords {
    private BandWords() {}

    /** As few codes as fill whole words. */
    public static int together(int bits) {
        return Integer.SIZE / Integer.lowestOneBit(bits);
    }

    /**
     * Codes of a column that follow each other, as GPTQ has them; where their bits do not divide a word, one may begin in a word and end in
     * the next.
     *
     * @param columns of the transposed matrix
     */
    public record Down(int bits, int columns) implements Packing {
        @Override
        public long bytes(long values) {
            return values * bits / Byte.SIZE;
        }

        @Override
        public void pack(Piece piece, ByteBuffer target) {
            int words = together(bits) * bits / Integer.SIZE;
            for (int from = 0; from < piece.count(); from += together(bits) * columns) {
                for (int word = 0; word < words; word++) {
                    for (int column = 0; column < columns; column++) {
                        target.putInt(word(piece.codes(), from + column, word));
                    }
                }
            }
        }

        /** One of the words of some codes, each as many places after the one before it as there are columns. */
        private int word(byte[] codes, int from, int word) {
            int mask = (1 << bits) - 1;
            int first = word * Integer.SIZE / bits;
            int packed = 0;
            for (int i = first, shift = first * bits - word * Integer.SIZE; shift < Integer.SIZE; i++, shift += bits) {
                int code = codes[from + i * columns] & mask;
                packed |= shift < 0 ? code >>> -shift : code << shift;
            }
            return packed;
        }
    }

    /**
     * Codes of a row, as many as a word holds, in an order of theirs, as AWQ has them.
     *
     * @param order which of them comes first, in the lowest bits
     */
    public record Across(List<Integer> order) implements Packing {
        private static final int BITS = 4;

        @Override
        public long bytes(long values) {
            return values * BITS / Byte.SIZE;
        }

        @Override
        public void pack(Piece piece, ByteBuffer target) {
            for (int from = 0; from < piece.count(); from += order.size()) {
                int word = 0;
                for (int i = 0; i < order.size(); i++) {
                    word |= (piece.codes()[from + order.get(i)] & 15) << (i * BITS);
                }
                target.putInt(word);
            }
        }
    }
}
