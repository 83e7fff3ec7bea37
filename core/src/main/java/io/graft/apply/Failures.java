package io.graft.apply;

import io.graft.extension.Thrown;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.List;
import java.util.Optional;

/** Exceptions as problems. */
final class Failures {
    private Failures() {}

    /** Why a model in memory cannot be modified. */
    static Problem unusableModel(IllegalArgumentException failure) {
        return new Problem(
                ProblemCode.UNSUPPORTED_CHANGE,
                Severity.ERROR,
                "",
                Optional.empty(),
                Thrown.firstLine(failure),
                List.of(),
                "");
    }
}
