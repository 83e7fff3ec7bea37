package io.graft.modifiers.quantization.scheme;

import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.io.IOException;

/** A weight holds a value that a scheme has no code for. The message is one line. */
public final class UnquantizableException extends IOException implements Explained {
    private static final long serialVersionUID = 1L;

    /** Made by {@link Piece#refused}. */
    UnquantizableException(String message) {
        super(message);
    }

    @Override
    public Problem problem() {
        return Problem.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                getMessage(),
                "leave out the module (exclude-modules), or requantize where an adapter is merged; or take a model without such values");
    }
}
