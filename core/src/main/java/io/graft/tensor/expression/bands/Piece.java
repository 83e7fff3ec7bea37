package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;

/** A range of a step's elements, as they were computed last. */
final class Piece {
    private final Kind kind;
    private Range range = Range.EMPTY;
    private Numbers numbers;
    private Numbers own;
    private Numbers lent;
    private Whole whole;

    Piece(Kind kind) {
        this.kind = kind;
    }

    Range range() {
        return range;
    }

    Numbers numbers() {
        return numbers;
    }

    /** Where an element lies in the numbers. */
    int at(long element) {
        return (int) (element - range.first());
    }

    /** Gives room for the elements that are computed next, which is somebody else's afterwards. */
    void lend(Numbers room) {
        lent = room;
        range = whole == null ? Range.EMPTY : range;
    }

    void takeBack() {
        lent = null;
    }

    /** Room for elements that are about to be computed. */
    Numbers room(Range computed) {
        if (lent != null) {
            set(computed, lent);
            return lent;
        }
        if (own == null || own.size() < computed.count()) {
            own = Numbers.of(kind, Math.toIntExact(computed.count()));
        }
        set(computed, own);
        return own;
    }

    /** All elements, which lie somewhere already. */
    void set(Whole elements) {
        range = new Range(0, elements.count());
        whole = elements;
        numbers = elements.numbers().orElse(null);
    }

    /** Copies elements that lie a step apart. */
    void gather(Numbers to, int at, long first, long step, int count) {
        if (numbers == null) {
            whole.gather(to, at, first, step, count);
        } else {
            to.gather(at, numbers, at(first), Math.toIntExact(step), count);
        }
    }

    /** Elements that lie somewhere already. */
    void set(Range held, Numbers where) {
        range = held;
        numbers = where;
    }
}
