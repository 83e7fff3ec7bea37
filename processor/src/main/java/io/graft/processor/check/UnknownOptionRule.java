package io.graft.processor.check;

import io.graft.problem.Suggestions;
import io.graft.processor.model.SourceRef;
import java.util.Set;
import java.util.TreeSet;

/** Options that are meant for these processors and that none of them knows. */
public final class UnknownOptionRule implements Rule<Set<String>> {
    private static final String PREFIX = "graft.";

    private final Set<String> known;

    public UnknownOptionRule(Set<String> known) {
        this.known = new TreeSet<>(known);
    }

    @Override
    public Report check(Set<String> given) {
        return Report.all(new TreeSet<>(given)
                .stream()
                        .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
                        .map(this::unknown));
    }

    private Report unknown(String name) {
        String advice = Suggestions.near(name, known).stream()
                .findFirst()
                .map(nearest -> "; did you mean -A" + nearest + "?")
                .orElse("; known: -A" + String.join(", -A", known) + ".");
        return Report.of(MistakeCode.UNKNOWN_OPTION, SourceRef.nowhere(), "-A" + name + " is unknown" + advice);
    }
}
