package io.graft.djl.commit;

/** When whoever has a block takes another one that wraps it. */
public enum Wrapping {
    /** Never, since nobody asked for it. */
    NEVER,

    /** Where it computes in another way. */
    WHERE_NEEDED,

    /** Also where anything is frozen, which DJL would train again once the model has loaded its parameters. */
    WHERE_FROZEN
}
