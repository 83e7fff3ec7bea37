package io.graft.apply;

import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.extension.Thrown;
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
