package io.graft.djl;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The program of a live model in a folder of its own: all of it, or nothing. */
final class SavedProgram {
    private SavedProgram() {}

    /**
     * Writes it.
     *
     * @param target with the values that it has now
     */
    static WrittenFile write(LiveTarget target, Path folder) throws IOException {
        Plan plan = new Plan(target.ref(), List.of(), List.copyOf(target.draft().tensors()), List.of());
        StateDictFormat format = target.ownFormat(plan)
                .orElseThrow(() -> new IllegalStateException(
                        "a native block is no program: write its state dict, or adapters of it"));
        List<Problem> refusals = format.refusals();
        if (!refusals.isEmpty()) {
            throw new GraftException(refusals, null);
        }
        try (StagedOutput staged = StagedOutput.in(
                new Destination.ModelFolder(folder.toAbsolutePath().normalize(), false, InputFiles.NONE),
                List.of(format.fileName()),
                true)) {
            OutputStateDict values = new OutputStateDict(new ValueWatch().outputs(plan.stored()));
            WrittenFile file = format.write(staged.folder(), values, Long.MAX_VALUE, WriteOptions.DEFAULT)
                    .get(0);
            WrittenFile published = file.at(staged.published(file.path()));
            staged.publish();
            return published;
        }
    }
}
