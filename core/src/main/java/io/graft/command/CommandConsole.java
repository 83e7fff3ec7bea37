package io.graft.command;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Where a command prints, and what it may ask of the process.
 *
 * @param out takes the result: text for people, or exactly one JSON document
 * @param err takes progress, warnings and errors
 * @param environment the process's environment
 * @param extensions finds checkpoint formats, sources and modifiers, those of extensions too
 * @param verbose whether everything is listed that a text for people shortens; known once the command runs
 */
public record CommandConsole(
        PrintWriter out,
        PrintWriter err,
        Map<String, String> environment,
        ClassLoader extensions,
        BooleanSupplier verbose) {
    public CommandConsole {
        environment = Map.copyOf(environment);
    }

    /** Whether {@code -v} was given. */
    public boolean isVerbose() {
        return verbose.getAsBoolean();
    }
}
