package io.graft.problem;

/** How bad a problem is. */
public enum Severity {
    ERROR,
    WARNING
}
