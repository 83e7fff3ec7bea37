package io.graft.config;

/** How bad a problem is. */
public enum Severity {
    ERROR,
    WARNING
}
