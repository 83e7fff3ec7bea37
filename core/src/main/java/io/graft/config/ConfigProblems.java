package io.graft.config;

import java.util.List;
import java.util.Optional;

/** Problems of a file as a whole, which no cursor stands at. */
final class ConfigProblems {
    private ConfigProblems() {}

    static Problem at(ProblemCode code, SourceRef place, String message, String help) {
        return new Problem(code, Severity.ERROR, "", Optional.of(place), message, List.of(), help);
    }
}
