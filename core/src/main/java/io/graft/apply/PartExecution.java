package io.graft.apply;

import io.graft.Output;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.StagedOutput;
import io.graft.checkpoint.write.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
            List<Output> files = write(plan, output, staged);
            PartRecord.of(part, plan, files).write(staged.folder());
            staged.add();
            List<Output> published = Execution.published(files, staged);
            return complete(plan, output).orElseGet(() -> new Report(plan, true, published));
        }
    }

    private List<Output> write(Plan plan, OutputSection output, StagedOutput staged) throws IOException {
        try {
            return writer.write(
                    staged.folder(),
                    plan.tensors(),
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
            record.tellRounding(plan);
        }
        List<Output> files = new ArrayList<>();
        records.forEach(record -> files.addAll(record.outputs(folder)));
        files.sort(Comparator.comparing(Output::path));
        WriteOptions options = output.options();
        try (StagedOutput staged = StagedOutput.within(folder)) {
            writer.writeIndex(staged.folder(), plan.tensors(), output.maxShardSize(), options)
                    .ifPresent(index -> files.addAll(Execution.published(List.of(index), staged)));
            Report written = new Report(plan, true, files);
            Output manifest = Manifest.write(staged.folder(), folder, written, options);
            staged.add();
            files.addAll(Execution.published(List.of(manifest), staged));
        }
        for (PartRecord record : records) {
            Files.deleteIfExists(folder.resolve(PartRecord.fileName(record.part())));
        }
        return Optional.of(new Report(plan, true, files));
    }
}
