package io.graft.registry;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;

/**
 * A plug that several jars hold.
 *
 * @param plug its class
 * @param origins the jars or folders, the one that is used first
 */
record ClassTwice(String plug, List<String> origins) {
    /** Says which one is used. */
    Problem warning(String path, Optional<SourceRef> at) {
        return new Problem(
                ProblemCode.SAME_CLASS_TWICE,
                Severity.WARNING,
                path,
                at,
                origins.stream().distinct().count() == 1
                        ? "`%s` is in %d jars that are called %s; the first one found is used"
                                .formatted(plug, origins.size(), origins.get(0))
                        : "`%s` is in %s; the one in %s is used"
                                .formatted(plug, String.join(" and in ", origins), origins.get(0)),
                List.of(),
                origins.size() == 2 ? "remove the other one" : "remove the other ones");
    }
}
