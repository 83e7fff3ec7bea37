package io.graft.config.reading;

import io.graft.problem.Problem;
import java.util.List;
import java.util.function.Function;

/** The outcome of binding: a value, or every reason why there is none. */
public sealed interface Bound<T> {
    /** Errors and warnings; a bound value has warnings only. */
    List<Problem> problems();

    /** The outcome with another value made from this one; what failed stays failed, with the same problems. */
    <R> Bound<R> map(Function<? super T, ? extends R> function);

    /** A value. */
    record Ok<T>(T value, List<Problem> problems) implements Bound<T> {
        public Ok {
            problems = List.copyOf(problems);
        }

        /** A value about which nothing is to be said. */
        public Ok(T value) {
            this(value, List.of());
        }

        @Override
        public <R> Bound<R> map(Function<? super T, ? extends R> function) {
            return new Ok<>(function.apply(value), problems);
        }
    }

    /** No value. */
    record Failed<T>(List<Problem> problems) implements Bound<T> {
        public Failed {
            problems = List.copyOf(problems);
        }

        /** No value, for one reason. */
        public Failed(Problem problem) {
            this(List.of(problem));
        }

        @Override
        public <R> Bound<R> map(Function<? super T, ? extends R> function) {
            return new Failed<>(problems);
        }
    }
}
