package io.graft.apply.output;

import java.io.IOException;

/** A live model that could not be changed after its output was published. */
public final class OutputWrittenException extends IOException {
    private static final long serialVersionUID = 1L;

    OutputWrittenException(Exception cause) {
        super(cause.getMessage(), cause);
    }
}
