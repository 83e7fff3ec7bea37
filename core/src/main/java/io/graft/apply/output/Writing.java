package io.graft.apply.output;

/** How an output is written. */
public enum Writing {
    /** Not now. */
    NONE,
    /** By one run, for which it must be free. */
    WHOLE,
    /** By several runs, which look at the folder themselves. */
    PARTS
}
