package io.graft.registry;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A name that several plugs of one kind have.
 *
 * @param candidates at least two
 */
record DuplicateName<T>(String name, List<RegisteredPlug<T>> candidates) {
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
                .map(plug -> plug.descriptor().className() + " (" + plug.origin() + ")")
                .collect(Collectors.joining(" and "));
        return new Problem(
                ProblemCode.DUPLICATE_ID,
                severity,
                path,
                at,
                "`%s` is the name of %s".formatted(name, classes),
                List.of(),
                help());
    }

    private String help() {
        RegisteredPlug<T> first = candidates.get(0);
        if (first.kind().namingKeys().isEmpty()) {
            return "keep one of them among the extensions";
        }
        boolean oneClass = first.descriptor().className().equals(name);
        return oneClass
                ? "name one by its id: type = %s".formatted(first.id())
                : "name one by its class: type = \"%s\""
                        .formatted(first.descriptor().className());
    }
}
