package io.graft.apply;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.List;
import java.util.Optional;

/** Exceptions in words. */
final class Failures {
    private Failures() {}

    /** What was thrown, in one line: its class and its message. */
    static String sentence(Throwable failure) {
        String message = firstLine(failure);
        String name = failure.getClass().getSimpleName();
        return message.isEmpty() ? name : name + ": " + message;
    }

    /** The first line of a message; empty if there is none. */
    static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? "" : message.strip().lines().findFirst().orElse("");
    }

    /** Why a model in memory cannot be modified. */
    static Problem unusableModel(IllegalArgumentException failure) {
        return new Problem(
                ProblemCode.UNSUPPORTED_CHANGE,
                Severity.ERROR,
                "",
                Optional.empty(),
                firstLine(failure),
                List.of(),
                "");
    }
}
