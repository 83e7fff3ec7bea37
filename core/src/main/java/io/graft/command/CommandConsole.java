package io.graft.command;

import java.io.PrintWriter;
import java.util.Map;

/**
 * Where a command prints, and what it may ask of the process.
 *
 * @param out takes the result: text for people, or exactly one JSON document
 * @param err takes progress, warnings and errors
 * @param environment the process's environment
 * @param extensions finds checkpoint formats, sources and modifiers, those of extensions too
 */
public record CommandConsole(
        PrintWriter out, PrintWriter err, Map<String, String> environment, ClassLoader extensions) {
    public CommandConsole {
        environment = Map.copyOf(environment);
    }
}
