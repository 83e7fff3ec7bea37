package io.graft;

import io.graft.problem.Spelling;

/** Why an entry of a checkpoint was not loaded. */
public enum SkipReason {
    SHAPE_MISMATCH,
    NOT_IN_MODEL,
    DTYPE_REFUSED,
    BUFFER_KEPT,
    EXCLUDED;

    /** As reports spell it: {@code shape-mismatch}. */
    public String id() {
        return Spelling.of(this);
    }
}
