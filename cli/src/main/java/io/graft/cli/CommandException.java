package io.graft.cli;

import io.graft.config.ProblemCode;

/** Ends a command with one line for the person who ran it. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;

    /**
     * @param code the kind of mistake; the exit code follows from it
     */
    CommandException(ProblemCode code, String message) {
        super(message);
        this.code = code;
    }

    ProblemCode code() {
        return code;
    }
}
