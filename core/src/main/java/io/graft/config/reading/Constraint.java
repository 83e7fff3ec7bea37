package io.graft.config.reading;

import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** A rule that a decoded value must keep; {@link io.graft.config.decoding.Constraints} has those that options use. */
@FunctionalInterface
public interface Constraint<T> {
    /** The problems of a value that stands at the cursor; empty if it keeps the rule. */
    List<Problem> check(T value, ConfigCursor cursor);

    /** Both constraints; the second is checked as well where the first is broken. */
    default <S extends T> Constraint<S> and(Constraint<? super S> other) {
        return (value, cursor) -> {
            List<Problem> problems = new ArrayList<>(check(value, cursor));
            problems.addAll(other.check(value, cursor));
            return problems;
        };
    }
}
