package io.graft.tensor.expression.bands;

import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;

/** Where a compiler gets leaves from, and what has to be there as a whole before bands can be computed. */
interface Wholes {
    /** A leaf that is no constant. */
    Source source(Expression leaf);

    /**
     * All elements of a step.
     *
     * @param what it is, in a few words
     */
    Whole whole(String what, Step step, long count);

    /**
     * Euclidean norms over axes of which bands do not have all elements.
     *
     * @param from shape of the operand
     * @param to the same, with 1 for the axes that are gone
     */
    Whole norms(Step operand, Shape from, Shape to);

    /**
     * The inverses of matrices.
     *
     * @param shape of all of them
     */
    Whole inverses(Step operand, Shape shape);
}
