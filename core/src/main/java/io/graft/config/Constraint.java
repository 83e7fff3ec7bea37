package io.graft.config;

import io.graft.problem.Problem;
import java.util.List;

/** A rule that a decoded value must keep; {@link Constraints} has those that options use. */
@FunctionalInterface
public interface Constraint<T> {
    /** The problems of a value that stands at the cursor; empty if it keeps the rule. */
    List<Problem> check(T value, ConfigCursor cursor);
}
