package io.graft.processor.model;

/** Where the binder of a record comes from. */
public sealed interface BinderOrigin {
    /** It is generated, the record being compiled now. */
    record Generated() implements BinderOrigin {}

    /** It stands on the class path beside its record. */
    record Present() implements BinderOrigin {}

    /**
     * There is none.
     *
     * @param library the jar or folder that holds the record
     */
    record Missing(String library) implements BinderOrigin {}
}
