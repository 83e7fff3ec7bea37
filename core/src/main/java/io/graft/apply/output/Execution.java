package io.graft.apply.output;

import io.graft.Artifact;
import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.Report;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.report.ManifestFile;
import io.graft.report.ReportJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries a plan out, on the live model and in files: in full, or not at all. */
public final class Execution {
    private final Progress progress;
    private final OldValues oldValues;
    private final Schedules schedules;

    /** That nobody watches. */
    public Execution() {
        this(Progress.NONE, OldValues.KEPT, Schedules.OF_MODEL);
    }

    /**
     * Nothing is kept from one to the next.
     *
     * @param progress is told how far files are written
     * @param oldValues what becomes of a live model's
     * @param schedules who carries out those of the plan
     */
    public Execution(Progress progress, OldValues oldValues, Schedules schedules) {
        this.progress = progress;
        this.oldValues = oldValues;
        this.schedules = schedules;
    }

    /** Who carries out the schedules of a plan. */
    public Schedules schedules() {
        return schedules;
    }

    /**
     * Writes the files aside, changes the live model, then moves the files into place; each step can be undone until
     * the last. Where old values are given up, the live model comes last.
     *
     * @param output where files go; empty if only the live model is changed
     * @param inputs what the run reads, and so does not replace
     * @throws IOException if the plan cannot be carried out; model and files are then as they were, as after any
     *     other exception, unless it says otherwise
     * @throws OutputWrittenException if the files are in place and the live model could not be changed; it is as it was
     * @throws RollBackException if the plan cannot be carried out, and the live model not be put back
     */
    public Report carryOut(Plan plan, TargetModel target, Optional<OutputSection> output, InputFiles inputs)
            throws IOException {
        ValueWatch watch = new ValueWatch();
        OutputStateDict stateDict = OutputPlanner.stateDict(plan, watch);
        if (output.isEmpty()) {
            try (TargetModel.Commit commit = commit(plan, target, watch)) {
                requirePrecision(plan, commit);
                return report(plan, List.of(), Replacement.NONE, watch, commit);
            }
        }
        OutputSection section = output.get();
        try (StagedOutput staged = StagedOutput.in(
                section.folder().destination(inputs),
                plan.output().orElseThrow().files(),
                section.options().sync())) {
            // Before the live model changes, because tensors that keep their values are read from it.
            List<WrittenFile> files = write(plan, stateDict, staged, section, watch);
            if (oldValues == OldValues.GIVEN_UP) {
                Replacement replacement = staged.publish();
                try (TargetModel.Commit commit = afterPublishing(plan, target, watch)) {
                    return report(plan, published(files, staged), replacement, watch, commit);
                }
            }
            try (TargetModel.Commit commit = commit(plan, target, watch)) {
                Replacement replacement = publish(staged, commit);
                return report(plan, published(files, staged), replacement, watch, commit);
            }
        }
    }

    private TargetModel.Commit commit(Plan plan, TargetModel target, ValueWatch watch) throws IOException {
        return switch (oldValues) {
            case KEPT -> target.commit(schedules.ofModel(plan), watch);
            case GIVEN_UP -> target.commitForGood(schedules.ofModel(plan), watch);
            case NOBODYS -> commitNobodys(schedules.ofModel(plan), target, watch);
        };
    }

    /** Nobody needs to know that a model which is closed is not as it was. */
    private static TargetModel.Commit commitNobodys(Plan plan, TargetModel target, ValueWatch watch)
            throws IOException {
        try {
            return target.commitForGood(plan, watch);
        } catch (RollBackException mixed) {
            for (Throwable failure : mixed.getSuppressed()) {
                if (failure instanceof IOException unread) {
                    throw unread;
                } else if (failure instanceof RuntimeException thrown) {
                    throw thrown;
                } else if (failure instanceof Error error) {
                    throw error;
                }
            }
            throw mixed;
        }
    }

    private TargetModel.Commit afterPublishing(Plan plan, TargetModel target, ValueWatch watch) throws IOException {
        try {
            return target.commitForGood(schedules.ofModel(plan), watch);
        } catch (RollBackException mixed) {
            throw mixed;
        } catch (IOException | RuntimeException failure) {
            throw new OutputWrittenException(failure);
        }
    }

    private Report report(
            Plan plan, List<WrittenFile> files, Replacement replacement, ValueWatch watch, TargetModel.Commit commit) {
        boolean undo = oldValues != OldValues.GIVEN_UP || commit.keepsOldValues();
        return new Report(plan, true, files, replacement, watch.rounded(plan.stored()), undo);
    }

    /**
     * What would give way to the output as its folder is now.
     *
     * @throws IOException if something is in the way
     */
    public Replacement replacement(Plan plan, OutputSection output, InputFiles inputs) throws IOException {
        return output.folder()
                .destination(inputs)
                .replacing(plan.output().orElseThrow().files());
    }

    private List<WrittenFile> write(
            Plan plan, OutputStateDict stateDict, StagedOutput staged, OutputSection output, ValueWatch watch)
            throws IOException {
        try {
            List<WrittenFile> files = new ArrayList<>();
            if (!plan.output().orElseThrow().model().isEmpty()) {
                files.addAll(output.writer()
                        .write(
                                staged.folder(),
                                stateDict.watchedBy(progress, Part.WHOLE),
                                output.maxShardSize(),
                                output.options()));
            }
            watch.settle(plan.tensors());
            files.addAll(write(artifacts(plan), staged, output.options()));
            Report report = new Report(plan, true, files, watch.rounded(plan.stored()));
            files.add(manifest(staged, staged.folder(), report, output.options()));
            return files;
        } catch (CheckpointException refused) {
            throw staged.published(refused);
        } finally {
            progress.ended();
        }
    }

    /** The files that are written beside the tensors. */
    static List<Artifact> artifacts(Plan plan) {
        return plan.output().map(OutputPlan::artifacts).orElse(List.of());
    }

    /** Writes files beside the tensors. */
    static List<WrittenFile> write(List<Artifact> artifacts, StagedOutput staged, WriteOptions options)
            throws IOException {
        List<WrittenFile> files = new ArrayList<>();
        for (Artifact artifact : artifacts) {
            files.add(artifact.write(staged.folder(), options));
        }
        return files;
    }

    /**
     * Writes the report beside an output.
     *
     * @param outputs the folder of the report's outputs, which are named relative to it, so that it may move
     */
    static WrittenFile manifest(StagedOutput staged, Path outputs, Report report, WriteOptions options)
            throws IOException {
        return ManifestFile.write(
                staged.folder(), ReportJson.pretty("apply", outputs).of(report), options);
    }

    /** The files where they will be once they are published. */
    static List<WrittenFile> published(List<WrittenFile> files, StagedOutput staged) {
        return files.stream()
                .map(file -> file.at(staged.published(file.path())))
                .toList();
    }

    /** What is written to files first was held to it there. */
    private static void requirePrecision(Plan plan, TargetModel.Commit commit) throws IOException {
        undoneIfFailed(commit, () -> {
            ValueWatch.requirePrecision(plan.tensors());
            return Replacement.NONE;
        });
    }

    private static Replacement publish(StagedOutput staged, TargetModel.Commit commit) throws IOException {
        return undoneIfFailed(commit, staged::publish);
    }

    @FunctionalInterface
    private interface LastStep {
        Replacement take() throws IOException;
    }

    private static Replacement undoneIfFailed(TargetModel.Commit commit, LastStep step) throws IOException {
        try {
            return step.take();
        } catch (IOException | RuntimeException | Error failure) {
            try {
                commit.rollBack();
            } catch (RollBackException worse) {
                worse.addSuppressed(failure);
                throw worse;
            }
            throw failure;
        }
    }
}
