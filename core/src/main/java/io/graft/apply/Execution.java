package io.graft.apply;

import io.graft.ModelTarget;
import io.graft.Output;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.StagedOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries a plan out, on the live model and in files: in full, or not at all. */
final class Execution {
    private final StateDictWriter writer;

    Execution(StateDictWriter writer) {
        this.writer = writer;
    }

    /**
     * Writes the files aside, changes the live model, then moves the files into place; each step can be undone until
     * the last.
     *
     * @param output where files go; empty if only the live model is changed
     * @throws IOException if the plan cannot be carried out; model and files are then as they were, as after any
     *     other exception
     */
    Report carryOut(Plan plan, ModelTarget target, Optional<OutputSection> output) throws IOException {
        if (output.isEmpty()) {
            target.commit(plan).close();
            return new Report(plan, true, List.of());
        }
        try (StagedOutput staged = output.get().folder().stage()) {
            // Before the live model changes, because tensors that keep their values are read from it.
            List<Output> files = write(plan, staged, output.get());
            try (ModelTarget.Commit commit = target.commit(plan)) {
                publish(staged, commit);
            }
            return new Report(plan, true, published(files, staged));
        }
    }

    private List<Output> write(Plan plan, StagedOutput staged, OutputSection output) throws IOException {
        try {
            List<Output> files = new ArrayList<>(
                    writer.write(staged.folder(), plan.tensors(), output.maxShardSize(), output.options()));
            Report report = new Report(plan, true, files);
            files.add(Manifest.write(staged.folder(), staged.folder(), report, output.options()));
            return files;
        } catch (CheckpointException refused) {
            throw staged.published(refused);
        }
    }

    /** The files where they will be once they are published. */
    static List<Output> published(List<Output> files, StagedOutput staged) {
        return files.stream()
                .map(file -> new Output(staged.published(file.path()), file.bytes(), file.sha256()))
                .toList();
    }

    private static void publish(StagedOutput staged, ModelTarget.Commit commit) throws IOException {
        try {
            staged.publish();
        } catch (IOException | RuntimeException | Error failure) {
            commit.rollBack();
            throw failure;
        }
    }
}
