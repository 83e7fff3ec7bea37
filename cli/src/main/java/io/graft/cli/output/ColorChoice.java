package io.graft.cli.output;

/** Values of {@code --color}; lower case, as people type them. */
public enum ColorChoice {
    auto,
    always,
    never
}
