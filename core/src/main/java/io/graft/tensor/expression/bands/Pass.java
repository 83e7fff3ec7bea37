package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One thread's way through the elements of a program's result. */
final class Pass {
    /** Elements computed at a time, so that those of all steps stay in the processor's cache. */
    private static final int BLOCK = 1 << 12;

    /** Most elements of one step in memory, where fewer at a time make do with less. */
    private static final int LARGEST = 1 << 17;

    private final Program program;
    private final Step.Work[] works;
    private final Piece[] pieces;
    private final Piece[][] operands;
    private final Range[] demands;
    private final long unit;

    /** Takes elements. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes some.
         *
         * @param numbers the elements of the range begin at an index of theirs
         */
        void visit(Range range, Numbers numbers, int at) throws IOException;
    }

    Pass(Program program) {
        int count = program.steps().size();
        this.program = program;
        this.works = new Step.Work[count];
        this.pieces = new Piece[count];
        this.operands = new Piece[count][];
        this.demands = new Range[count];
        this.unit = program.unit();
        for (int i = 0; i < count; i++) {
            Piece piece = new Piece(program.steps().get(i).kind());
            program.steps().get(i).whole().ifPresent(piece::set);
            works[i] = program.steps().get(i).work();
            pieces[i] = piece;
            operands[i] = Arrays.stream(program.operands(i))
                    .mapToObj(operand -> pieces[operand])
                    .toArray(Piece[]::new);
        }
    }

    /**
     * Tells which elements will be asked for, so that what they are computed from is read at once.
     *
     * @param room memory that may be read into; null if there is none
     */
    void expect(Range range, ByteBuffer room) {
        demand(range, false);
        ByteBuffer free = room;
        for (int i = 0; i < works.length; i++) {
            if (works[i] instanceof Source.Reading reading) {
                boolean isNear = demands[i].count() <= 2 * range.count() + LARGEST;
                boolean isSame = demands[i].equals(range);
                reading.expect(isNear ? demands[i] : Range.EMPTY, isSame ? free : null);
                free = isSame ? null : free;
            }
        }
    }

    /** Computes elements in order, some at a time. */
    void forEach(Range range, Visitor visitor) throws IOException {
        for (long at = range.first(); at < range.end(); ) {
            Piece piece = compute(at, range.end());
            Range computed = last();
            visitor.visit(computed, piece.numbers(), piece.at(at));
            at = computed.end();
        }
    }

    /** The range that was computed last. */
    Range last() {
        return demands[demands.length - 1];
    }

    /**
     * Computes some elements from a place on, as many as fit together into the cache, where somebody wants to have them.
     *
     * @param room with room up to the end; not used by steps whose elements lie somewhere already
     */
    Piece compute(long at, long end, Numbers room) throws IOException {
        Piece result = pieces[pieces.length - 1];
        result.lend(room);
        compute(at, end);
        result.takeBack();
        return result;
    }

    /** Computes some elements from a place on, as many as fit together into the cache. */
    Piece compute(long at, long end) throws IOException {
        long stop = Math.min(end, unit == 1 ? at + BLOCK : (at / unit + Math.max(1, BLOCK / unit)) * unit);
        while (!demand(new Range(at, stop), true) && stop - at > 1) {
            stop = at + (stop - at) / 2;
        }
        for (int i = 0; i < works.length; i++) {
            if (!pieces[i].range().contains(demands[i])) {
                works[i].compute(demands[i], pieces[i], operands[i]);
            }
        }
        return pieces[pieces.length - 1];
    }

    /**
     * Finds which elements of each step a range of the result is computed from.
     *
     * @param anew whether none are needed that are there already, and not too many at a time may be
     * @return whether there are not too many
     */
    private boolean demand(Range range, boolean anew) {
        Arrays.fill(demands, Range.EMPTY);
        int last = works.length - 1;
        demands[last] = range;
        for (int i = last; i >= 0; i--) {
            boolean isThere = program.steps().get(i).whole().isPresent()
                    || (anew && pieces[i].range().contains(demands[i]));
            if (!isThere) {
                if (anew && demands[i].count() > LARGEST) {
                    return false;
                }
                int[] of = program.operands(i);
                for (int operand = 0; operand < of.length; operand++) {
                    Range reached = program.steps().get(i).reach(operand, demands[i]);
                    demands[of[operand]] = demands[of[operand]].hull(reached);
                }
            }
        }
        return true;
    }
}
