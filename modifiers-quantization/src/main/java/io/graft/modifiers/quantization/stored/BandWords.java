package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.Piece;
import java.nio.ByteBuffer;
import java.util.List;

/** Codes of a transposed matrix in words of 32 bits, from the lowest bits on. */
final class BandWords {
    private BandWords() {}

    /**
     * Codes of a column that follow each other, as GPTQ has them.
     *
     * @param columns of the transposed matrix
     */
    record Down(int bits, int columns) implements Packing {
        @Override
        public long bytes(long values) {
            return values * bits / Byte.SIZE;
        }

        @Override
        public void pack(Piece piece, ByteBuffer target) {
            int inWord = Integer.SIZE / bits;
            int mask = (1 << bits) - 1;
            for (int from = 0; from < piece.count(); from += inWord * columns) {
                for (int column = 0; column < columns; column++) {
                    int word = 0;
                    for (int i = 0; i < inWord; i++) {
                        word |= (piece.codes()[from + i * columns + column] & mask) << (i * bits);
                    }
                    target.putInt(word);
                }
            }
        }
    }

    /**
     * Codes of a row, as many as a word holds, in an order of theirs, as AWQ has them.
     *
     * @param order which of them comes first, in the lowest bits
     */
    record Across(List<Integer> order) implements Packing {
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
