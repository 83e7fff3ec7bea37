package io.graft.convert;

import io.graft.problem.ProblemCode;

/** A conversion that cannot be done as asked; nothing was written. The message is one line. */
public final class ConversionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String detail;
    private final String help;

    ConversionException(ProblemCode code, String detail, String help) {
        super(detail + (help.isEmpty() ? "" : "; " + help));
        this.code = code;
        this.detail = detail;
        this.help = help;
    }

    /** What kind of mistake it is. */
    public ProblemCode code() {
        return code;
    }

    /** What is wrong. */
    public String detail() {
        return detail;
    }

    /** What to do; may be empty. */
    public String help() {
        return help;
    }
}
