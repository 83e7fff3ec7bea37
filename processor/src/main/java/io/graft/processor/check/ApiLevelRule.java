package io.graft.processor.check;

import io.graft.processor.model.SourceRef;
import io.graft.registry.ApiLevel;
import java.util.OptionalInt;

/** A processor and a core that do not belong together; what is judged is the level of the core on the class path. */
public final class ApiLevelRule implements Rule<OptionalInt> {
    private final String version;

    /**
     * @param version of this processor; may be empty
     */
    public ApiLevelRule(String version) {
        this.version = version;
    }

    @Override
    public Report check(OptionalInt core) {
        return Report.when(
                core.orElse(ApiLevel.NEWEST) != ApiLevel.NEWEST,
                MistakeCode.API_LEVEL,
                SourceRef.nowhere(),
                ("graft-processor%s generates for API level %d, graft-core on the class path is level %d; "
                                + "use the same version of both.")
                        .formatted(version.isEmpty() ? "" : " " + version, ApiLevel.NEWEST, core.orElse(0)));
    }
}
