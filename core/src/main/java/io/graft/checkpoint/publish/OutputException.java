package io.graft.checkpoint.publish;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.io.IOException;

/** Files that are not published, in words for the person who asked for them. */
public final class OutputException extends IOException implements Explained {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;
    private final String detail;
    private final String help;

    private OutputException(boolean refusal, String detail, String help, Throwable cause) {
        super(detail + "; " + help, cause);
        this.refusal = refusal;
        this.detail = detail;
        this.help = help;
    }

    /** What is there may not be replaced; it is as it was. */
    public static OutputException refused(String detail, String help) {
        return new OutputException(true, detail, help, null);
    }

    /** Publishing failed, and what it did could not be undone. */
    static OutputException stuck(String detail, String help, Throwable cause) {
        return new OutputException(false, detail, help, cause);
    }

    @Override
    public Problem problem() {
        return Problem.error(refusal ? ProblemCode.OUTPUT_EXISTS : ProblemCode.APPLY_FAILED, detail, help);
    }

    /** Whether nothing was done, because something else is there that may not be replaced. */
    public boolean isRefusal() {
        return refusal;
    }

    /** What is wrong. */
    public String detail() {
        return detail;
    }

    /** What to do. */
    public String help() {
        return help;
    }
}
