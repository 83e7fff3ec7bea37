package io.graft.registry;

import io.graft.extension.BrokenService;
import io.graft.extension.ServiceFailure;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import java.util.List;
import java.util.Optional;

/**
 * A plug that cannot be used, and why.
 *
 * @param plug its class; empty if it is not known
 * @param id its id; empty if it is not known
 * @param origin the jar or folder that it comes from
 * @param reason what is wrong with it, in one line
 * @param help what to do
 */
record BrokenProvider(
        PlugKind<?> kind, ProblemCode code, String plug, String id, String origin, String reason, String help) {
    /** One whose provider could not be made. */
    static BrokenProvider of(PlugKind<?> kind, BrokenService service) {
        return of(kind, service.failure(), ProviderName.plug(service.className()), "", service.origin());
    }

    static BrokenProvider of(PlugKind<?> kind, ServiceFailure failure, String plug, String id, String origin) {
        return new BrokenProvider(kind, code(failure.kind()), plug, id, origin, failure.reason(), help(failure));
    }

    private static ProblemCode code(ServiceFailure.Kind kind) {
        return kind == ServiceFailure.Kind.FILE_MALFORMED
                ? ProblemCode.SERVICES_FILE_MALFORMED
                : ProblemCode.valueOf("PROVIDER_" + kind.name());
    }

    private static String help(ServiceFailure failure) {
        return failure.kind() == ServiceFailure.Kind.FILE_MALFORMED
                ? "rebuild the jar with graft-processor, which writes that file"
                : failure.help();
    }

    /** Whether an entry of a configuration means this one. */
    boolean isCalled(String name) {
        return plug.equals(name) || (!id.isEmpty() && id.equals(name));
    }

    /** One line of a list of what was found and cannot be used. */
    String note() {
        String name = id.isEmpty() ? plug : id;
        return (name.isEmpty() ? origin : name + " - " + origin) + " " + reason;
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
        String subject = plug.isEmpty() ? origin : "`" + plug + "` of " + origin;
        return new Problem(code, severity, path, at, subject + " " + reason, List.of(), help);
    }
}
