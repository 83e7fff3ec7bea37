package io.graft.apply;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import io.graft.Output;
import io.graft.Plan;
import io.graft.checkpoint.write.Part;
import io.graft.model.Change;
import io.graft.report.ReportJson;
import io.graft.tensor.CastTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one part of an output tells the others, in a file beside its shards that goes when the output is complete.
 *
 * @param plan digest of the plan, which must be one for all parts
 * @param files what the part wrote, by file name
 * @param rounding largest relative errors of the casts whose values the part read, by their place in the plan
 */
record PartRecord(Part part, String plan, List<FileEntry> files, Map<String, Double> rounding) {
    /** A file of the part. */
    record FileEntry(String name, long bytes, String sha256) {}

    static PartRecord of(Part part, Plan plan, List<Output> files) {
        Map<String, Double> rounding = new LinkedHashMap<>();
        List<CastTensor> casts = casts(plan);
        for (int i = 0; i < casts.size(); i++) {
            String place = Integer.toString(i);
            casts.get(i).maxRelativeError().ifPresent(error -> rounding.put(place, error));
        }
        return new PartRecord(
                part,
                fingerprint(plan),
                files.stream()
                        .map(file -> new FileEntry(file.path().getFileName().toString(), file.bytes(), file.sha256()))
                        .toList(),
                rounding);
    }

    static String fileName(Part part) {
        return String.format("graft-part-%05d-of-%05d.json", part.number(), part.count());
    }

    /** Writes it into a folder. */
    void write(Path folder) throws IOException {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("plan", plan);
        record.put(
                "files",
                files.stream()
                        .map(file -> Map.of("name", file.name, "bytes", file.bytes, "sha256", file.sha256))
                        .toList());
        record.put("rounding", rounding);
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
            for (Config entry : record.getConfigList("files")) {
                files.add(new FileEntry(entry.getString("name"), entry.getLong("bytes"), entry.getString("sha256")));
            }
            Map<String, Double> rounding = new LinkedHashMap<>();
            record.getObject("rounding")
                    .unwrapped()
                    .forEach((place, error) -> rounding.put(place, ((Number) error).doubleValue()));
            return Optional.of(new PartRecord(part, record.getString("plan"), files, rounding));
        } catch (NoSuchFileException notYet) {
            return Optional.empty();
        } catch (ConfigException | ClassCastException malformed) {
            throw new IOException(file + " is no record of a part; run that part again", malformed);
        }
    }

    /** The part's files, where they were published. */
    List<Output> outputs(Path folder) {
        return files.stream()
                .map(file -> new Output(folder.resolve(file.name), file.bytes, file.sha256))
                .toList();
    }

    /**
     * @throws IOException if the part was written by another plan
     */
    void requireOf(Plan other) throws IOException {
        if (!plan.equals(fingerprint(other))) {
            throw new IOException("part " + part + " was written with another configuration or from other checkpoints;"
                    + " run all parts with the same ones, into a new folder");
        }
    }

    /** Lets the plan's casts know what this part found. */
    void tellRounding(Plan other) {
        List<CastTensor> casts = casts(other);
        rounding.forEach((place, error) -> casts.get(Integer.parseInt(place)).observe(error));
    }

    private static String fingerprint(Plan plan) {
        Plan planned = new Plan(plan.model(), List.of(), plan.tensors(), List.of());
        return Manifest.sha256(
                ReportJson.compact("apply", Path.of("")).of(planned).getBytes(StandardCharsets.UTF_8));
    }

    private static List<CastTensor> casts(Plan plan) {
        return plan.modifiers().stream()
                .flatMap(modifier -> modifier.changes().stream())
                .filter(Change.Cast.class::isInstance)
                .map(change -> ((Change.Cast) change).value())
                .toList();
    }
}
