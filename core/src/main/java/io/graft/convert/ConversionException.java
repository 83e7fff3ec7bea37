package io.graft.convert;

import io.graft.checkpoint.publish.OutputException;
import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;

/** A conversion that cannot be done as asked; nothing was written, unless it says otherwise. The message is one line. */
public final class ConversionException extends RuntimeException implements Explained {
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

    /** Files that are not published. */
    ConversionException(OutputException failure) {
        this(failure.problem().code(), failure.detail(), failure.help());
        initCause(failure);
    }

    @Override
    public Problem problem() {
        return Problem.error(code, detail, help);
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
