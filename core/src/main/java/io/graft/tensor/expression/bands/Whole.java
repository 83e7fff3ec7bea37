package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import java.util.Optional;

/** All elements of a tensor, to be looked at in any order. */
interface Whole {
    Kind kind();

    long count();

    /** The elements, if they are in memory. */
    Optional<Numbers> numbers();

    /** Copies elements that lie a step apart. */
    void gather(Numbers to, int at, long first, long step, int count);

    /** The elements as a step that others are computed from in order. */
    Step step();
}
