package io.graft.cli;

/** Values of {@code --color}; lower case, as people type them. */
enum ColorChoice {
    auto,
    always,
    never
}
