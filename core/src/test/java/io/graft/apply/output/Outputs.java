package io.graft.apply.output;

import io.graft.Plan;
import io.graft.Report;
import io.graft.TargetModel;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.BoundPlug;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Outputs without a configuration. */
public final class Outputs {
    private Outputs() {}

    public static OutputSection section(
            OutputFolder folder, StateDictFormat format, long maxShardSize, WriteOptions options) {
        return new OutputSection(
                folder,
                folder.path().toString(),
                new BoundPlug<>("test", "test.jar", format, Map.of(), ConfigCursor.literal("test")),
                maxShardSize,
                options,
                List.of());
    }

    /** Plans the files and carries the plan out. */
    public static Report carryOut(Plan plan, TargetModel target, OutputSection output) throws IOException {
        Plan planned = new OutputPlanner(target, List.of(), List.of()).with(plan, output);
        return new Execution().carryOut(planned, target, Optional.of(output), InputFiles.NONE);
    }
}
