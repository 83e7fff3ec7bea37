package io.graft;

import java.util.List;

/**
 * A live model that could not be put back as it was: tensors of it may hold old and new values mixed. It has to be loaded again
 * before it is used. What made the roll-back necessary, if anything did, is among the suppressed exceptions.
 */
public final class RollBackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> tensors;

    /**
     * @param tensors names of those that are not as they were; all others are
     * @param cause why the first of them could not be put back
     */
    public RollBackException(List<String> tensors, Throwable cause) {
        super("the model could not be put back as it was: " + cause, cause);
        this.tensors = List.copyOf(tensors);
    }

    /** Names of the tensors whose values or flags are not as they were; all others are. */
    public List<String> tensors() {
        return tensors;
    }
}
