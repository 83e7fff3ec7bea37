package io.graft.cli.output;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.List;

/** Exit codes of the command; scripts rely on them. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int MISFIT = 3;
    public static final int CHECKPOINT = 4;
    public static final int ENGINE = 5;
    public static final int CHANGES = 6;

    private ExitCode() {}

    /** The code for a run that ended with these problems: the first error decides. */
    public static int of(List<Problem> problems) {
        return problems.stream()
                .filter(Problem::isError)
                .findFirst()
                .map(problem -> of(problem.code()))
                .orElse(DONE);
    }

    /** The code for a failure of one kind. */
    public static int of(ProblemCode code) {
        return switch (code.area()) {
            case CONFIGURATION -> USAGE;
            case MODEL -> MISFIT;
            case CHECKPOINT -> CHECKPOINT;
            case ENGINE -> ENGINE;
            case FAILURE -> FAILED;
        };
    }
}
