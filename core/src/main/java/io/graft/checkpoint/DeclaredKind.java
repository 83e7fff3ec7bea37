package io.graft.checkpoint;

/** What a file tells of a tensor beside its values. */
public enum DeclaredKind {
    /** A parameter that takes a gradient. */
    PARAMETER,
    /** A parameter that takes none: {@code requires_grad = False}. */
    FROZEN_PARAMETER,
    /** A registered buffer. */
    BUFFER
}
