package io.graft.cli;

import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import java.util.List;

/** Exit codes of the command; scripts rely on them. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int MISFIT = 3;
    static final int CHECKPOINT = 4;
    static final int ENGINE = 5;
    static final int CHANGES = 6;

    private ExitCode() {}

    /** The code for a run that ended with these problems: the first error decides. */
    static int of(List<Problem> problems) {
        return problems.stream()
                .filter(Problem::isError)
                .findFirst()
                .map(problem -> of(problem.code()))
                .orElse(DONE);
    }

    /** The code for a failure of one kind. */
    static int of(ProblemCode code) {
        return switch (code.area()) {
            case CONFIGURATION -> USAGE;
            case MODEL -> MISFIT;
            case CHECKPOINT -> CHECKPOINT;
            case ENGINE -> ENGINE;
            case FAILURE -> FAILED;
        };
    }
}
