package io.graft.apply.features;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;

/** Features that cannot be had as asked; nothing was written. The message is one line. */
public final class FeatureException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String detail;
    private final String help;

    FeatureException(ProblemCode code, String detail, String help) {
        super(detail + (help.isEmpty() ? "" : "; " + help));
        this.code = code;
        this.detail = detail;
        this.help = help;
    }

    @Override
    public Problem problem() {
        return Problem.error(code, detail, help);
    }
}
