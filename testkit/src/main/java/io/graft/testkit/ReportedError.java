package io.graft.testkit;

import io.graft.problem.ProblemCode;

/**
 * What a modifier told its context as an error.
 *
 * @param key the option at fault, as {@code submodules-to-freeze[1]}; empty for the modifier as a whole
 */
public record ReportedError(ProblemCode code, String key, String message, String help) {
    @Override
    public String toString() {
        String at = key.isEmpty() ? "" : " at `" + key + "`";
        return "[" + code.id() + "]" + at + ": " + message + (help.isEmpty() ? "" : "; " + help);
    }
}
