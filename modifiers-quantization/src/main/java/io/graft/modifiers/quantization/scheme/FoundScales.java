package io.graft.modifiers.quantization.scheme;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The scales of a weight as its pieces give them, in whatever order and by several threads. */
final class FoundScales {
    private final float[] own;
    private final BitSet pieces = new BitSet();
    private volatile float @Nullable [] restored;

    /** @param count how many the weight has */
    FoundScales(int count) {
        this.own = new float[count];
    }

    /** Takes those of a piece, which are the same however often it comes. */
    void add(Piece piece, int index) {
        piece.give(own);
        synchronized (this) {
            pieces.set(index);
        }
    }

    synchronized boolean has(int index) {
        return pieces.get(index);
    }

    /** How many pieces have given theirs. */
    synchronized int pieces() {
        return pieces.cardinality();
    }

    /** Those that there are, in order. */
    float[] own() {
        return own;
    }

    /** Takes what the stored ones give again, when all are there. */
    void complete(float[] all) {
        restored = all;
    }

    /** What the stored ones give again; null before. */
    float @Nullable [] restored() {
        return restored;
    }
}
