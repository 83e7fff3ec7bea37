package io.graft.cli.output;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;

/** Ends a command with one line for the person who ran it. */
public final class CommandException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String help;

    /**
     * @param code the kind of mistake; the exit code follows from it
     * @param message what is wrong
     * @param help what to do
     */
    public CommandException(ProblemCode code, String message, String help) {
        super(message);
        this.code = code;
        this.help = help;
    }

    @Override
    public Problem problem() {
        return Problem.error(code, getMessage(), help);
    }
}
