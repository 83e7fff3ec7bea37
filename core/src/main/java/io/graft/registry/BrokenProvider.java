package io.graft.registry;

import io.graft.config.Problem;
import io.graft.config.ProblemCode;
import io.graft.config.Severity;
import io.graft.config.SourceRef;
import java.util.List;
import java.util.Optional;

/**
 * A provider that cannot be used, and why.
 *
 * @param className the provider's class; empty if it is not known
 * @param origin the jar or folder that lists it
 * @param reason what is wrong with it, in one line
 * @param help what to do
 */
record BrokenProvider(ProblemCode code, String className, String origin, String reason, String help) {
    private static final String SUFFIX = "_Provider";

    /** The modifier's class, whose name the provider's name is made from. */
    String modifierName() {
        return className.endsWith(SUFFIX) ? className.substring(0, className.length() - SUFFIX.length()) : className;
    }

    /** One line of a list of what was found and cannot be used. */
    String note() {
        return (className.isEmpty() ? origin : modifierName() + " - " + origin) + " " + reason;
    }

    /** As a finding of the discovery, which stops nothing. */
    Problem warning() {
        return problem(Severity.WARNING, "", Optional.of(SourceRef.of(origin)));
    }

    /** As the reason why an entry of a configuration, which names it, cannot be used. */
    Problem error(String path, Optional<SourceRef> at) {
        return problem(Severity.ERROR, path, at);
    }

    private Problem problem(Severity severity, String path, Optional<SourceRef> at) {
        String subject = className.isEmpty() ? origin : "`" + modifierName() + "` of " + origin;
        return new Problem(code, severity, path, at, subject + " " + reason, List.of(), help);
    }
}
