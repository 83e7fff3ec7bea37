package io.graft.modifiers.quantization.scheme;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The scales of a weight as its pieces give them, in whatever order and by several threads. */
final class FoundScales {
    private final float[] own;
    private final EarlyErrors errors;
    private final BitSet pieces = new BitSet();
    private float @Nullable [] restored;

    /**
     * @param count how many the weight has
     * @param errors of pieces that are encoded before it is known what scales give again
     */
    FoundScales(int count, EarlyErrors errors) {
        this.own = new float[count];
        this.errors = errors;
    }

    /** Takes those of a piece, which are the same however often it comes. */
    synchronized void add(Piece piece, int index) {
        piece.give(own);
        pieces.set(index);
    }

    /**
     * Takes those of a piece that was encoded by them alone.
     *
     * @param error of its codes, with which they are what they give again
     * @return false if it is known meanwhile what all scales give again, so that the error is not that of the codes
     */
    synchronized boolean add(Piece piece, int index, double error) {
        if (restored != null) {
            return false;
        }
        add(piece, index);
        errors.add(piece, index, error);
        return true;
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
    synchronized void complete(float[] all) {
        errors.correct(own, all);
        restored = all;
    }

    /** What the stored ones give again; null before. */
    synchronized float @Nullable [] restored() {
        return restored;
    }
}
