package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A node of an expression, as it is computed for any range of its elements, which count row by row. What an element becomes depends
 * on its place only. It may be shared by threads; what one of them needs is in its {@link Work}.
 */
interface Step {
    Kind kind();

    /** What it is computed from. */
    List<Step> operands();

    /** The elements of an operand that some of its own are computed from, and no more than lie between those. */
    Range reach(int operand, Range range);

    /** Computes, for one thread. */
    Work work();

    /**
     * The same elements in another order, computed from operands that are in it. Empty where an element is not computed from those at its
     * own place.
     */
    default Optional<Step> turned(Turn turn) {
        return Optional.empty();
    }

    /** What a table of 32-bit numbers has for each of its integers, without the integers themselves; empty if it cannot do that. */
    default Optional<Step> meaning(Numbers table) {
        return Optional.empty();
    }

    /** All elements, if they were computed or read beforehand. */
    default Optional<Whole> whole() {
        return Optional.empty();
    }

    /** Rows of its elements that had better be computed as a whole; 1 if it does not matter. */
    default long unit() {
        return 1;
    }

    /** Computes elements, for one thread. */
    @FunctionalInterface
    interface Work {
        /**
         * Computes a range.
         *
         * @param result gets it
         * @param operands of each at least what {@link Step#reach} told
         * @throws IOException if values cannot be read, or have no result
         */
        void compute(Range range, Piece result, Piece[] operands) throws IOException;
    }
}
