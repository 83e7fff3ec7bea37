package io.graft.apply.output;

import io.graft.Artifact;
import io.graft.Plan;
import io.graft.Report;
import io.graft.RoundedTensor;
import io.graft.ValueWatch;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Progress;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.OutputException;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.problem.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes one part of an output's files. Several processes may write the parts of one plan into one folder at the same time;
 * each leaves a {@link PartRecord}, and the one that finds the records of all completes the output with what an undivided run
 * writes last: the index and the manifest.
 */
public final class PartExecution {
    private final Part part;
    private final Progress progress;

    /** @param progress is told how far files are written */
    public PartExecution(Part part, Progress progress) {
        this.part = part;
        this.progress = progress;
    }

    /**
     * @param options the options of the run, which must be those of all parts
     * @param inputs what the run reads, and so does not replace
     * @return the part's files, or all of them if this one completed the output
     * @throws IOException if the part cannot be written; what other parts wrote is left alone
     */
    public Report carryOut(Plan plan, OutputSection output, String options, InputFiles inputs) throws IOException {
        String fingerprint = PartRecord.fingerprint(plan, options);
        StagedOutput.recover(output.folder().path());
        ValueWatch watch = new ValueWatch();
        OutputStateDict stateDict = OutputPlanner.stateDict(plan, watch);
        Optional<Report> left = complete(plan, stateDict, output, fingerprint, inputs);
        if (left.isPresent()) {
            // the last part was cut off between its files and those that complete the output
            return left.get();
        }
        Optional<String> entry = ModelFiles.entry(modelFiles(plan)::contains);
        Destination destination = new Destination.SharedFolder(
                output.folder().path(),
                inputs,
                entry,
                () -> requireFree(plan, output.folder(), fingerprint),
                output.folder().overwrite(),
                name -> false);
        try (StagedOutput staged = StagedOutput.in(
                destination,
                List.of(PartRecord.fileName(part)),
                output.options().sync())) {
            List<WrittenFile> files = write(stateDict, output, staged);
            watch.settle(plan.tensors());
            List<RoundedTensor> rounded = watch.rounded(plan.stored());
            PartRecord.of(part, fingerprint, files, rounded).write(staged.folder());
            Replacement replacement = staged.publish();
            List<WrittenFile> published = Execution.published(files, staged);
            return complete(plan, stateDict, output, fingerprint, inputs)
                    .orElseGet(() -> new Report(plan, true, published, replacement, rounded));
        }
    }

    private void requireFree(Plan plan, OutputFolder folder, String fingerprint) throws IOException {
        String help =
                "write all parts into a new folder; overwrite = true replaces a part until the last one is written";
        if (isThere(folder.path().resolve(ModelFiles.MANIFEST))) {
            throw OutputException.refused(
                    "the output folder `" + Printable.of(folder.path()) + "` holds a finished output", help);
        }
        for (Artifact artifact : Execution.artifacts(plan)) {
            if (isThere(folder.path().resolve(artifact.name()))) {
                throw OutputException.refused(
                        "`" + folder.path().resolve(artifact.name())
                                + "` is in the way of what the last part writes beside the model",
                        "move it away, or choose another path");
            }
        }
        if (!folder.overwrite() && isThere(folder.path().resolve(PartRecord.fileName(part)))) {
            throw OutputException.refused(
                    "the output folder `" + Printable.of(folder.path()) + "` has part " + part + " already", help);
        }
        for (PartRecord other : records(folder.path())) {
            if (!other.part().equals(part) && !other.plan().equals(fingerprint)) {
                throw OutputException.refused(
                        "part " + other.part() + " in `" + folder.path()
                                + "` was written with another configuration or from other checkpoints",
                        "run all parts with the same ones, into a new folder");
            }
        }
    }

    private static List<String> modelFiles(Plan plan) {
        return plan.output().orElseThrow().model();
    }

    private List<PartRecord> records(Path folder) throws IOException {
        List<PartRecord> records = new ArrayList<>();
        for (int number = 1; number <= part.count(); number++) {
            PartRecord.read(folder, new Part(number, part.count())).ifPresent(records::add);
        }
        return records;
    }

    private static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private List<WrittenFile> write(OutputStateDict stateDict, OutputSection output, StagedOutput staged)
            throws IOException {
        try {
            return output.writer()
                    .write(
                            staged.folder(),
                            stateDict.watchedBy(progress, part),
                            output.maxShardSize(),
                            output.options().withPart(part));
        } catch (CheckpointException refused) {
            throw staged.published(refused);
        } finally {
            progress.ended();
        }
    }

    /** Completes the output if every part is there; nothing if another one has done so. */
    private Optional<Report> complete(
            Plan plan, OutputStateDict stateDict, OutputSection output, String fingerprint, InputFiles inputs)
            throws IOException {
        Path folder = output.folder().path();
        List<PartRecord> records = records(folder);
        if (records.size() < part.count()
                || !records.stream().allMatch(record -> record.plan().equals(fingerprint))) {
            return Optional.empty();
        }
        List<WrittenFile> files = new ArrayList<>();
        records.forEach(record -> files.addAll(record.outputs(folder)));
        files.sort(Comparator.comparing(WrittenFile::path));
        List<RoundedTensor> rounded = rounded(plan, records);
        WriteOptions options = output.options();
        List<String> parts = records.stream()
                .map(record -> PartRecord.fileName(record.part()))
                .toList();
        Destination destination = new Destination.SharedFolder(
                folder, inputs, ModelFiles.entry(modelFiles(plan)::contains), () -> {}, true, parts::contains);
        List<Artifact> artifacts = Execution.artifacts(plan);
        List<String> last =
                new ArrayList<>(artifacts.stream().map(Artifact::name).toList());
        last.add(ModelFiles.MANIFEST);
        try (StagedOutput staged = StagedOutput.in(destination, last, options.sync())) {
            output.writer()
                    .writeIndex(staged.folder(), stateDict, output.maxShardSize(), options)
                    .ifPresent(index -> files.addAll(Execution.published(List.of(index), staged)));
            files.addAll(Execution.published(Execution.write(artifacts, staged, options), staged));
            Report written = new Report(plan, true, files, rounded);
            WrittenFile manifest = Execution.manifest(staged, folder, written, options);
            staged.publish();
            files.addAll(Execution.published(List.of(manifest), staged));
        }
        return Optional.of(new Report(plan, true, files, rounded));
    }

    private static List<RoundedTensor> rounded(Plan plan, List<PartRecord> records) {
        Map<String, RoundedTensor> byName = new HashMap<>();
        records.forEach(record -> record.rounded().forEach(tensor -> byName.put(tensor.name(), tensor)));
        return plan.stored().stream()
                .flatMap(tensor -> Stream.ofNullable(byName.get(tensor.name())))
                .toList();
    }
}
