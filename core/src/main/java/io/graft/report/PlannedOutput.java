package io.graft.report;

import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.WrittenFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of an output.
 *
 * @param written what is known of it when it has been written
 */
record PlannedOutput(WrittenFile.Kind kind, Path path, Optional<WrittenFile> written) {
    static PlannedOutput of(WrittenFile file) {
        return new PlannedOutput(file.kind(), file.path(), Optional.of(file));
    }

    /** The files that a plan would write; of one that cannot be carried out, none. */
    static List<PlannedOutput> of(Plan plan) {
        return plan.output()
                .filter(output -> plan.isCommittable())
                .map(PlannedOutput::of)
                .orElse(List.of());
    }

    private static List<PlannedOutput> of(OutputPlan output) {
        List<PlannedOutput> files = new ArrayList<>();
        output.model().forEach(name -> files.add(planned(WrittenFile.Kind.MODEL, output, name)));
        output.artifacts().forEach(artifact -> files.add(planned(artifact.kind(), output, artifact.name())));
        files.add(planned(WrittenFile.Kind.MANIFEST, output, ModelFiles.MANIFEST));
        return files;
    }

    private static PlannedOutput planned(WrittenFile.Kind kind, OutputPlan output, String name) {
        return new PlannedOutput(kind, output.folder().resolve(name), Optional.empty());
    }
}
