package io.graft.config.hocon;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Suggestions;
import java.util.List;
import java.util.Optional;

/**
 * Says of a key that {@code --set} sets that nobody reads it, and which one was meant: {@code output.path} without the section that
 * it is in, or one with a slip in its first word.
 *
 * @param read the paths that are read
 */
public record UnreadSets(List<KeyPath> read) {
    /** The problem of a key that no substitution reads; empty if it is read otherwise. */
    public Optional<Problem> check(KeyPath key) {
        return read.stream().anyMatch(key::meets) ? Optional.empty() : Optional.of(unread(key));
    }

    private Problem unread(KeyPath key) {
        return new Problem(
                ProblemCode.UNREAD_KEY,
                Severity.ERROR,
                key.text(),
                Optional.of(SourceRef.of(ValueOrigin.SET)),
                "nobody reads " + Quoting.quote(key.text()) + ", neither Graft nor a substitution of the file",
                List.of(),
                read.stream()
                        .flatMap(path -> meant(path, key).stream())
                        .findFirst()
                        .map(meant -> "did you mean " + Quoting.quote(meant) + "?")
                        .orElseGet(() -> "begin it with "
                                + Quoting.quote(read.get(0).text()) + ", or let a substitution of the file read it"));
    }

    /** The key in full, if its first step is meant to be the last one of a path. */
    private static Optional<String> meant(KeyPath path, KeyPath key) {
        String last = path.steps().get(path.steps().size() - 1);
        return Suggestions.near(key.steps().get(0), List.of(last)).isEmpty()
                ? Optional.empty()
                : Optional.of(path.text() + key.after(1));
    }
}
