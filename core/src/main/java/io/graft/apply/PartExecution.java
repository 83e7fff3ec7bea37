package io.graft.apply;

import io.graft.Plan;
import io.graft.Report;
import io.graft.RoundedTensor;
import io.graft.ValueWatch;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StagedOutput;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Files;
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
final class PartExecution {
    private final StateDictWriter writer;
    private final Part part;

    PartExecution(StateDictWriter writer, Part part) {
        this.writer = writer;
        this.part = part;
    }

    /** Why the folder cannot take this part, in words; empty if it can. */
    Optional<String> refusal(OutputFolder folder) {
        if (Files.exists(folder.path().resolve(Manifest.FILE_NAME))) {
            return Optional.of("the output folder `" + folder.path() + "` holds a finished output");
        }
        if (!folder.overwrite() && Files.exists(folder.path().resolve(PartRecord.fileName(part)))) {
            return Optional.of("the output folder `" + folder.path() + "` has part " + part + " already");
        }
        return Optional.empty();
    }

    /**
     * @return the part's files, or all of them if this one completed the output
     * @throws IOException if the part cannot be written; what other parts wrote is left alone
     */
    Report carryOut(Plan plan, OutputSection output) throws IOException {
        try (StagedOutput staged = StagedOutput.within(output.folder().path())) {
            ValueWatch watch = new ValueWatch();
            List<WrittenFile> files = write(plan, output, staged, watch);
            watch.settle(plan.tensors());
            List<RoundedTensor> rounded = watch.rounded(plan.tensors());
            PartRecord.of(part, plan, files, rounded).write(staged.folder());
            staged.add();
            List<WrittenFile> published = Execution.published(files, staged);
            return complete(plan, output).orElseGet(() -> new Report(plan, true, published, rounded));
        }
    }

    private List<WrittenFile> write(Plan plan, OutputSection output, StagedOutput staged, ValueWatch watch)
            throws IOException {
        try {
            return writer.write(
                    staged.folder(),
                    watch.outputs(plan.tensors()),
                    output.maxShardSize(),
                    output.options().withPart(part));
        } catch (CheckpointException refused) {
            throw staged.published(refused);
        }
    }

    /** Completes the output if every part is there. Two that find this at the same time write the same bytes. */
    private Optional<Report> complete(Plan plan, OutputSection output) throws IOException {
        Path folder = output.folder().path();
        List<PartRecord> records = new ArrayList<>();
        for (int number = 1; number <= part.count(); number++) {
            PartRecord.read(folder, new Part(number, part.count())).ifPresent(records::add);
        }
        if (records.size() < part.count()) {
            return Optional.empty();
        }
        for (PartRecord record : records) {
            record.requireOf(plan);
        }
        List<WrittenFile> files = new ArrayList<>();
        records.forEach(record -> files.addAll(record.outputs(folder)));
        files.sort(Comparator.comparing(WrittenFile::path));
        List<RoundedTensor> rounded = rounded(plan, records);
        WriteOptions options = output.options();
        try (StagedOutput staged = StagedOutput.within(folder)) {
            writer.writeIndex(staged.folder(), new ValueWatch().outputs(plan.tensors()), output.maxShardSize(), options)
                    .ifPresent(index -> files.addAll(Execution.published(List.of(index), staged)));
            Report written = new Report(plan, true, files, rounded);
            WrittenFile manifest = Manifest.write(staged.folder(), folder, written, options);
            staged.add();
            files.addAll(Execution.published(List.of(manifest), staged));
        }
        for (PartRecord record : records) {
            Files.deleteIfExists(folder.resolve(PartRecord.fileName(record.part())));
        }
        return Optional.of(new Report(plan, true, files, rounded));
    }

    private static List<RoundedTensor> rounded(Plan plan, List<PartRecord> records) {
        Map<String, RoundedTensor> byName = new HashMap<>();
        records.forEach(record -> record.rounded().forEach(tensor -> byName.put(tensor.name(), tensor)));
        return plan.tensors().stream()
                .flatMap(tensor -> Stream.ofNullable(byName.get(tensor.name())))
                .toList();
    }
}
