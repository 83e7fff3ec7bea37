package io.graft.apply.output;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import io.graft.Plan;
import io.graft.RoundedTensor;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.report.ReportJson;
import io.graft.tensor.ValueCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one part of an output tells the others, in a file beside its shards that goes when the output is complete. It lists them as a
 * manifest does.
 *
 * @param plan digest of what all parts have in common: the plan, the options, and what was read
 * @param files what the part wrote, by file name
 * @param rounded what became of the values that the part rounded
 */
record PartRecord(Part part, String plan, List<FileEntry> files, List<RoundedTensor> rounded) {
    /** A file of the part. */
    record FileEntry(String name, long bytes, String sha256) {}

    static PartRecord of(Part part, String fingerprint, List<WrittenFile> files, List<RoundedTensor> rounded) {
        return new PartRecord(
                part,
                fingerprint,
                files.stream()
                        .map(file -> new FileEntry(file.path().getFileName().toString(), file.bytes(), file.sha256()))
                        .toList(),
                rounded);
    }

    static String fileName(Part part) {
        return String.format(Locale.ROOT, "graft-part-%05d-of-%05d.json", part.number(), part.count());
    }

    /** Writes it into a folder. */
    void write(Path folder) throws IOException {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("plan", plan);
        record.put(
                "outputs",
                files.stream()
                        .map(file -> Map.of("path", file.name, "bytes", file.bytes, "sha256", file.sha256))
                        .toList());
        record.put("rounded", rounded.stream().map(PartRecord::entry).toList());
        Files.writeString(
                folder.resolve(fileName(part)),
                ConfigValueFactory.fromMap(record).render(ConfigRenderOptions.concise()) + "\n");
    }

    /**
     * The record of a part; empty if it has not been written, or the output has been completed.
     *
     * @throws IOException if it cannot be read
     */
    static Optional<PartRecord> read(Path folder, Part part) throws IOException {
        Path file = folder.resolve(fileName(part));
        try {
            Config record = ConfigFactory.parseString(
                    Files.readString(file), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
            List<FileEntry> files = new ArrayList<>();
            for (Config entry : record.getConfigList("outputs")) {
                files.add(new FileEntry(entry.getString("path"), entry.getLong("bytes"), entry.getString("sha256")));
            }
            List<RoundedTensor> rounded = new ArrayList<>();
            for (Config entry : record.getConfigList("rounded")) {
                rounded.add(rounded(entry));
            }
            return Optional.of(new PartRecord(part, record.getString("plan"), files, rounded));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        } catch (ConfigException | ClassCastException malformed) {
            throw new IOException(file + " is no record of a part; remove it and run that part again", malformed);
        }
    }

    /** The part's files, where they were published. */
    List<WrittenFile> outputs(Path folder) {
        return files.stream()
                .map(file -> new WrittenFile(folder.resolve(file.name), file.bytes, file.sha256))
                .toList();
    }

    /**
     * What parts of one output have in common.
     *
     * @param options the options of the run, as a text
     */
    static String fingerprint(Plan plan, String options) {
        Plan planned = new Plan(plan.model(), List.of(), plan.tensors(), List.of());
        String text = ReportJson.compact("apply", Path.of("")).of(planned) + plan.inputs() + options;
        return Sha256.ofText(text).hex();
    }

    private static Map<String, Object> entry(RoundedTensor tensor) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", tensor.name());
        tensor.maxRelativeError().ifPresent(error -> entry.put("max-relative-error", error));
        tensor.lost().ifPresent(lost -> {
            entry.put("finite", lost.finite());
            entry.put("not-finite", lost.notFinite());
            entry.put("overflowing", lost.overflowing());
        });
        return entry;
    }

    private static RoundedTensor rounded(Config entry) {
        return new RoundedTensor(
                entry.getString("name"),
                entry.hasPath("max-relative-error")
                        ? OptionalDouble.of(entry.getDouble("max-relative-error"))
                        : OptionalDouble.empty(),
                entry.hasPath("finite")
                        ? Optional.of(new ValueCount(
                                entry.getLong("finite"), entry.getLong("not-finite"), entry.getLong("overflowing")))
                        : Optional.empty());
    }
}
