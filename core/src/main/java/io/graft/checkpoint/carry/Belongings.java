package io.graft.checkpoint.carry;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.DeclaredTie;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.ModelConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What belongs to a model beside its tensors.
 *
 * @param origin its file, or folder of files; empty if it has none
 * @param metadata of its file
 * @param files those that go along, sorted by name
 * @param config its configuration, where it is one of the files
 * @param tie what it declares of the embeddings
 * @param warnings what does not go along though somebody could think it does, a sentence each
 */
public record Belongings(
        Optional<Path> origin,
        Map<String, String> metadata,
        List<CarriedFile> files,
        Optional<CarriedConfig> config,
        Optional<DeclaredTie> tie,
        List<String> warnings) {
    /** Of a model that is tensors and nothing else. */
    public static final Belongings NONE =
            new Belongings(Optional.empty(), Map.of(), List.of(), Optional.empty(), Optional.empty(), List.of());

    public Belongings {
        metadata = Map.copyOf(metadata);
        files = List.copyOf(files);
        warnings = List.copyOf(warnings);
    }

    /** The files that go along, with other values in the configuration. */
    public List<CarriedFile> corrected(List<Correction> corrections) {
        if (corrections.isEmpty()) {
            return files;
        }
        String text = config.orElseThrow().text().with(corrections);
        return files.stream()
                .map(file -> file.name().equals(ModelConfiguration.NAME)
                        ? new CarriedFile(file.name(), file.file(), Optional.of(text))
                        : file)
                .toList();
    }

    /** Of the same model, of whose weights none is quantized any more: what only tells how they were does not go along, which is told. */
    public Belongings plain() {
        List<CarriedFile> kept = files.stream()
                .filter(file -> !CarryRule.tellsOfQuantization(file.name()))
                .toList();
        List<String> told = new ArrayList<>(warnings);
        files.stream()
                .filter(file -> CarryRule.tellsOfQuantization(file.name()))
                .forEach(
                        file -> told.add(
                                "`" + file.name()
                                        + "` beside the model tells how its weights are quantized, and none is any more: it does not go along"));
        return new Belongings(origin, metadata, kept, config, tie, told);
    }

    /** Of a checkpoint without what lies beside it. */
    public static Belongings of(Checkpoint checkpoint) {
        return new Belongings(
                Optional.of(checkpoint.path()),
                checkpoint.metadata(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /**
     * Of a checkpoint that was fetched: of what lies beside it only the configuration is here, and that the rest does not go along is
     * told as a warning.
     */
    public static Belongings fetched(Checkpoint checkpoint) {
        ModelConfiguration found = checkpoint.configuration();
        Optional<CheckpointFile> file =
                found.file().filter(any -> found.flaw().isEmpty()).map(Belongings::fileOf);
        if (file.isEmpty()) {
            return new Belongings(
                    Optional.of(checkpoint.path()),
                    checkpoint.metadata(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(
                            "what lies beside the model, such as its tokenizer, was not fetched and does not go along; copy"
                                    + " it"));
        }
        return new Belongings(
                Optional.of(checkpoint.path()),
                checkpoint.metadata(),
                List.of(new CarriedFile(ModelConfiguration.NAME, file.get())),
                Optional.of(new CarriedConfig(ConfigText.of(found.text()))),
                checkpoint.declaredTie(),
                List.of("of what lies beside the model, `" + ModelConfiguration.NAME
                        + "` alone was fetched; the rest, such as its tokenizer, does not go along; copy it"));
    }

    private static CheckpointFile fileOf(Path file) {
        try {
            return CheckpointFile.of(file);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /**
     * Of a checkpoint with what lies in its folder. A file that cannot go along is told as a warning.
     *
     * @param folder as {@link Checkpoint#folderOf} gives it
     */
    public static Belongings beside(Checkpoint checkpoint, Path folder) {
        Set<Path> stores = checkpoint.tensors().values().stream()
                .map(TensorEntry::range)
                .map(range -> range.file().getParent())
                .collect(Collectors.toSet());
        CarriedFinder finder = new CarriedFinder(folder, stores, checkpoint.configuration());
        finder.find();
        return new Belongings(
                Optional.of(checkpoint.path()),
                checkpoint.metadata(),
                finder.files(),
                finder.config(),
                finder.config().flatMap(config -> checkpoint.declaredTie()),
                finder.warnings());
    }
}
