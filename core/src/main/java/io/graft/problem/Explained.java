package io.graft.problem;

/** An exception that says what is wrong in words for the person who asked for what failed. */
public interface Explained {
    /** The same as an error. */
    Problem problem();
}
