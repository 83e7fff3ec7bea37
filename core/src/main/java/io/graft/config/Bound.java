package io.graft.config;

import java.util.List;

/** The outcome of binding: a value, or every reason why there is none. */
public sealed interface Bound<T> {
    /** Errors and warnings; a bound value has warnings only. */
    List<Problem> problems();

    /** A value. */
    record Ok<T>(T value, List<Problem> problems) implements Bound<T> {
        public Ok {
            problems = List.copyOf(problems);
        }
    }

    /** No value. */
    record Failed<T>(List<Problem> problems) implements Bound<T> {
        public Failed {
            problems = List.copyOf(problems);
        }
    }
}
