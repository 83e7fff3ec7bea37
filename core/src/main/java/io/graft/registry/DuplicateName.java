package io.graft.registry;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A name that several modifiers have.
 *
 * @param candidates at least two
 */
record DuplicateName(String name, List<RegisteredModifier> candidates) {
    /** As a finding of the discovery, which stops nothing. */
    Problem warning() {
        return problem(Severity.WARNING, "", Optional.empty());
    }

    /** As the reason why an entry of a configuration cannot use the name. */
    Problem error(String path, Optional<SourceRef> at) {
        return problem(Severity.ERROR, path, at);
    }

    private Problem problem(Severity severity, String path, Optional<SourceRef> at) {
        String classes = candidates.stream()
                .map(modifier -> modifier.descriptor().className() + " (" + modifier.origin() + ")")
                .collect(Collectors.joining(" and "));
        RegisteredModifier first = candidates.get(0);
        boolean oneClass = first.descriptor().className().equals(name);
        return new Problem(
                ProblemCode.DUPLICATE_ID,
                severity,
                path,
                at,
                "`%s` is the name of %s".formatted(name, classes),
                List.of(),
                oneClass
                        ? "name one by its id: type = %s".formatted(first.id())
                        : "name one by its class: type = \"%s\""
                                .formatted(first.descriptor().className()));
    }
}
