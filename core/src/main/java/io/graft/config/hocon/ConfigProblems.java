package io.graft.config.hocon;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;

/** Problems of a file as a whole, which no cursor stands at. */
public final class ConfigProblems {
    private ConfigProblems() {}

    public static Problem at(ProblemCode code, SourceRef place, String message, String help) {
        return new Problem(code, Severity.ERROR, "", Optional.of(place), message, List.of(), help);
    }
}
