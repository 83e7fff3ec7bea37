package io.graft.problem;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Something wrong with a configuration, a plan or a file, as a value; rendered at the edge.
 *
 * @param path the configuration path as written, {@code graft.modifiers[0].alhpa}; empty if there is none
 * @param at where it stands
 * @param message what is wrong, with the offending text; one line
 * @param notes further facts, such as the allowed keys; one line each
 * @param help what to do; one line, may be empty
 */
public record Problem(
        ProblemCode code,
        Severity severity,
        String path,
        Optional<SourceRef> at,
        String message,
        List<String> notes,
        String help) {
    public Problem {
        notes = List.copyOf(notes);
    }

    /** An error that stands in no file. */
    public static Problem error(ProblemCode code, String message, String help) {
        return new Problem(code, Severity.ERROR, "", Optional.empty(), message, List.of(), help);
    }

    /** Whether it keeps the run from going on. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** The same problem with a further fact. */
    public Problem withNote(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new Problem(code, severity, path, at, message, more, help);
    }

    /** The same problem with another text of the line that it stands on. */
    public Problem quoting(String line) {
        Optional<SourceRef> place =
                at.map(ref -> new SourceRef(ref.file(), ref.line(), ref.column(), ref.length(), line));
        return new Problem(code, severity, path, place, message, notes, help);
    }

    /** The same problem, each of its sentences put in other words. */
    public Problem reworded(UnaryOperator<String> words) {
        return new Problem(
                code,
                severity,
                path,
                at,
                words.apply(message),
                notes.stream().map(words).toList(),
                words.apply(help));
    }

    /**
     * The same problem of what stands at a place.
     *
     * @param key the configuration path as written
     */
    public Problem at(String key, Optional<SourceRef> place) {
        return new Problem(code, severity, key, place, message, notes, help);
    }

    /** The same problem with another cure. */
    public Problem withHelp(String cure) {
        return new Problem(code, severity, path, at, message, notes, cure);
    }

    /** The same problem of what stands in no file. */
    public Problem withoutPlace() {
        return new Problem(code, severity, path, Optional.empty(), message, notes, help);
    }

    /** The same problem with another severity. */
    public Problem as(Severity other) {
        return new Problem(code, other, path, at, message, notes, help);
    }
}
