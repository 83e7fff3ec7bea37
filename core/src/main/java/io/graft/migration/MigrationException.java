package io.graft.migration;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import org.jspecify.annotations.Nullable;

/** A checkpoint that cannot be migrated; nothing was changed. */
public final class MigrationException extends RuntimeException implements Explained {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String help;

    /**
     * @param code {@link ProblemCode#INCOMPATIBLE_CHECKPOINT} where the checkpoint is at fault
     * @param message what is wrong, with the offending text; one line
     * @param help what to do; one line, may be empty
     */
    public MigrationException(ProblemCode code, String message, String help) {
        this(code, message, help, null);
    }

    MigrationException(ProblemCode code, String message, String help, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.help = help;
    }

    @Override
    public Problem problem() {
        return Problem.error(code, getMessage(), help);
    }
}
