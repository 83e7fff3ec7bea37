package io.graft.apply.output;

/** What becomes of the values that a live model had before a run. */
public enum OldValues {
    /** They are kept until all is done, so that a failure leaves the model as it was. */
    KEPT,

    /** They are given up, as the caller asks; what is written to files is published before the model changes. */
    GIVEN_UP,

    /** They are given up, because the model is nobody's: a run that fails closes it. */
    NOBODYS
}
