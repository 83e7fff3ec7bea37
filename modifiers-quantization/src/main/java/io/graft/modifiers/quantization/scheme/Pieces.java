package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.ElementRanges;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;

/** A weight cut into pieces of whole units, each so small that the cache of a core holds it. */
final class Pieces {
    private static final int SIZE = 1 << 13;

    /** Pieces that a thread takes at once where all of them are looked at. */
    private static final int TOGETHER = 1 << 7;

    private final String name;
    private final Grid grid;
    private final Shape shape;
    private final long count;
    private final int length;

    /**
     * @param name of the weight, for messages
     * @param grid that cuts it
     */
    Pieces(String name, Grid grid, Shape shape) {
        this.name = name;
        this.grid = grid;
        this.shape = shape;
        this.count = shape.elementCount();
        this.length = Math.max(1, SIZE / grid.unit()) * grid.unit();
    }

    /** Values of the weight. */
    long count() {
        return count;
    }

    /** Values of each piece but the last. */
    int length() {
        return length;
    }

    /** How many pieces there are. */
    int number() {
        return Math.toIntExact((count + length - 1) / length);
    }

    /** Which of them begins with a value. */
    int index(long first) {
        return (int) (first / length);
    }

    /** How many scales the weight has. */
    long scales() {
        return Math.multiplyExact(grid.units(count), grid.scales());
    }

    /** How many units it has. */
    int units() {
        return Math.toIntExact(grid.units(count));
    }

    /** How many units each piece has but the last. */
    int unitsOfPiece() {
        return length / grid.unit();
    }

    /** Room for a piece. */
    Piece room() {
        return new Piece(name, grid, shape, unitsOfPiece());
    }

    /**
     * Takes a piece of some data.
     *
     * @param first its first value
     * @param end of the pieces that are taken from this room one after the other
     */
    void read(Piece piece, TensorData data, DType dtype, long first, long end) throws IOException {
        piece.read(data, dtype, first, (int) Math.min(length, count - first), Math.min(end, count));
    }

    /** Takes ranges of pieces, several at a time if that is possible. */
    void forEach(boolean divisible, ElementRanges.Action action) throws IOException {
        ElementRanges.forEach(count, (long) TOGETHER * length, divisible, action);
    }
}
