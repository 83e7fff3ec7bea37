package io.graft.checkpoint;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.problem.FirstFew;
import io.graft.problem.Suggestions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A checkpoint opened by its headers: names, shapes, dtypes, byte ranges and metadata. No tensor data is read and nothing
 * found in the file is executed.
 *
 * @param path the file or folder, canonical
 * @param format id of the {@link CheckpointFormat} that read it: {@code safetensors}, {@code pytorch}, {@code djl-params},
 *     {@code gguf}, {@code numpy}
 * @param content what it holds: {@code state_dict}, {@code pytorch} (a container such as {@code model_state_dict}),
 *     {@code lightning}, {@code module} (a whole module, pickled), {@code torchscript}, {@code exported} (of {@code torch.export}), or
 *     {@code parameters} (without paths, see {@link io.graft.checkpoint.params.ParamsFormat})
 * @param section the one in use: the model's own, or the one that was asked for
 * @param others the other sections, in the file's order
 * @param asides what of the file is no model's, in its order
 * @param metadata the text metadata of the file, and scalars that stand beside the state dict ({@code epoch})
 * @param warnings what a person should know; in reading order
 * @param configuration what lies beside it as {@code config.json}
 * @param declaredTie a tie that the configuration tells of
 */
public record Checkpoint(
        Path path,
        String format,
        String content,
        Section section,
        List<Section> others,
        List<Aside> asides,
        Map<String, String> metadata,
        List<String> warnings,
        ModelConfiguration configuration,
        Optional<DeclaredTie> declaredTie) {
    public Checkpoint {
        others = List.copyOf(others);
        asides = List.copyOf(asides);
    }

    /** A checkpoint of which no more is known than its file tells, with one section. */
    public Checkpoint(
            Path path,
            String format,
            String content,
            Map<String, TensorEntry> tensors,
            Map<String, String> metadata,
            List<String> warnings) {
        this(path, format, content, Section.of(Section.MODEL, tensors), List.of(), metadata, warnings);
    }

    /** A checkpoint of which no more is known than its file tells. */
    public Checkpoint(
            Path path,
            String format,
            String content,
            Section section,
            List<Section> others,
            Map<String, String> metadata,
            List<String> warnings) {
        this(
                path,
                format,
                content,
                section,
                others,
                List.of(),
                metadata,
                warnings,
                ModelConfiguration.NONE,
                Optional.empty());
    }

    /** The same, with what of its file is no model's. */
    public Checkpoint withAsides(List<Aside> found) {
        return new Checkpoint(
                path, format, content, section, others, found, metadata, warnings, configuration, declaredTie);
    }

    /** The same with other metadata. */
    public Checkpoint withMetadata(Map<String, String> other) {
        return new Checkpoint(
                path, format, content, section, others, asides, other, warnings, configuration, declaredTie);
    }

    /** The same with other tensors in the section in use, each of which is what it seems to be. */
    public Checkpoint withTensors(Map<String, TensorEntry> other) {
        return new Checkpoint(
                path,
                format,
                content,
                Section.of(section.name(), other).among(section.objects()),
                others,
                asides,
                metadata,
                warnings,
                configuration,
                declaredTie.filter(tie -> other.containsKey(tie.tensor())));
    }

    /** What a person should know, in reading order; which sections the file has beside the one in use comes last. */
    @Override
    public List<String> warnings() {
        return Stream.concat(warnings.stream(), alsoHolds().stream()).toList();
    }

    private Optional<String> alsoHolds() {
        if (others.isEmpty()) {
            return Optional.empty();
        }
        FirstFew shown = new FirstFew();
        others.forEach(other -> shown.add(other::described));
        return Optional.of("the file also holds " + shown + ", not used here; `section` names one");
    }

    /** The same in use of the same section, with what lies beside it. */
    Checkpoint beside(ModelConfiguration found, List<String> before, Function<Section, Section> grouping) {
        Section grouped = grouping.apply(section);
        List<String> all = new ArrayList<>(before);
        all.addAll(warnings);
        if (!found.flaw().isEmpty()) {
            all.add("`" + ModelConfiguration.NAME + "` beside it " + found.flaw()
                    + "; it is not used, and does not go along");
        }
        all.addAll(grouped.notes());
        all.addAll(onlyListed(grouped));
        return new Checkpoint(
                path,
                format,
                content,
                grouped,
                others.stream().map(grouping).toList(),
                asides,
                metadata,
                all,
                found,
                DeclaredTie.between(grouped.logical(), found));
    }

    /** What of a section is not read and belongs to no layout, a sentence for each reason. */
    private List<String> onlyListed(Section grouped) {
        Map<String, List<RefusedTensor>> byReason = new LinkedHashMap<>();
        grouped.logical().values().stream()
                .filter(entry -> entry.encoding().isEmpty() && entry.refusal().isPresent())
                .map(entry -> RefusedTensor.of(entry, path))
                .forEach(refused -> byReason.computeIfAbsent(refused.refusal().reason(), first -> new ArrayList<>())
                        .add(refused));
        return byReason.values().stream()
                .map(refused -> "only listed: " + RefusedTensor.message(refused) + "; "
                        + refused.get(0).refusal().help())
                .toList();
    }

    /** The tensors of the section in use as they are meant, see {@link Section#logical}. */
    public Map<String, TensorEntry> tensors() {
        return section.logical();
    }

    /** Whether the values of all tensors of the section in use can be had. */
    public boolean isReadable() {
        return tensors().values().stream().allMatch(tensor -> tensor.refusal().isEmpty());
    }

    /** The tensors of the section in use as they lie in the file, see {@link Section#stored}. */
    public Map<String, TensorEntry> stored() {
        return section.stored();
    }

    /**
     * A section of the file.
     *
     * @throws CheckpointException if there is none of the name; the message has the nearest ones
     */
    public Section section(String name) {
        return sections().filter(each -> each.name().equals(name)).findFirst().orElseThrow(() -> missing(name));
    }

    private Stream<Section> sections() {
        return Stream.concat(Stream.of(section), others.stream()).filter(Section::isKnown);
    }

    private CheckpointException missing(String name) {
        List<String> names = sections().map(Section::name).toList();
        List<String> nearest = Suggestions.near(name, names);
        return new CheckpointException(
                CheckpointException.Reason.NOT_FOUND,
                path,
                "the file has no section `" + TensorName.printable(name) + "`",
                nearest.isEmpty() ? "it has " + FirstFew.names(names) : Suggestions.didYouMean(nearest));
    }

    /**
     * The same checkpoint, with another section in use.
     *
     * @throws CheckpointException if there is none of the name
     */
    public Checkpoint using(String name) {
        Section wanted = section(name);
        List<Section> rest = sections().filter(each -> each != wanted).toList();
        return new Checkpoint(
                path,
                format,
                content,
                wanted,
                rest,
                asides,
                metadata,
                warnings,
                configuration,
                DeclaredTie.between(wanted.logical(), configuration));
    }

    /**
     * Opens a file, or a folder that holds {@code model.safetensors}, {@code pytorch_model.bin}, or the index of such shards; of
     * several the first, as transformers does, with a warning. The content decides the format, never the extension; {@code ~} is expanded and links
     * are resolved.
     *
     * @throws CheckpointException if the path cannot be read, is of no known format, or is refused
     */
    public static Checkpoint open(Path path) {
        return open(path, Thread.currentThread().getContextClassLoader());
    }

    /**
     * As {@link #open(Path)}, with the formats of a class loader beside those of this library; {@link
     * io.graft.extension.LoadedExtensions} stand for each extension. Without one, they are the formats of the thread's context
     * class loader.
     */
    public static Checkpoint open(Path path, ClassLoader loader) {
        return open(path, loader, Optional.empty());
    }

    /**
     * As {@link #open(Path, ClassLoader)}, with a section of the file in use; without one, the model's own is found by the rule of
     * {@code docs/checkpoints.md}.
     *
     * @throws CheckpointException also if the file has no such section, or several and none of them is the model's own for certain
     */
    public static Checkpoint open(Path path, ClassLoader loader, Optional<String> section) {
        CheckpointLocation location = CheckpointLocation.of(path);
        return CheckpointOpener.open(location, ModelConfiguration.in(location.folder()), loader, section);
    }

    /**
     * As {@link #open(Path, ClassLoader, Optional)}, of a file whose {@code config.json} lies elsewhere, as one that was fetched.
     *
     * @param configuration what it says
     */
    public static Checkpoint open(
            Path path, ClassLoader loader, Optional<String> section, ModelConfiguration configuration) {
        return CheckpointOpener.open(CheckpointLocation.of(path), configuration, loader, section);
    }

    /**
     * The file that {@link #open} would read first: in a folder, the checkpoint or its index.
     *
     * @throws CheckpointException if nothing that could be a checkpoint is there
     */
    public static Path fileOf(Path path) {
        return CheckpointLocation.of(path).file();
    }

    /**
     * The folder that a path says the checkpoint is in, before links to its file are followed: what lies beside it is there.
     *
     * @throws CheckpointException if nothing that could be a checkpoint is there
     */
    public static Path folderOf(Path path) {
        return CheckpointLocation.of(path).folder();
    }

    /**
     * Whether a file is of a format that is read from a pickle, which a stranger should not choose; decided by its content,
     * nothing is parsed.
     *
     * @param loader where formats are looked for, as {@link #open(Path, ClassLoader)} does
     * @throws CheckpointException if the file cannot be read, or is of no known format
     */
    public static boolean isPickled(Path file, ClassLoader loader) {
        return CheckpointOpener.format(file, CheckpointFormats.discover(loader)).readsPickle();
    }

    /**
     * The names of the files beside a file that it is read from, too: those that an index names, or {@code .metadata}. Only the file
     * itself is looked at; what is of no known format names none.
     *
     * @param loader where formats are looked for, as {@link #open(Path, ClassLoader)} does
     * @throws CheckpointException if the file cannot be read, is malformed or refused
     */
    public static SortedSet<String> filesBeside(Path file, ClassLoader loader) {
        return CheckpointOpener.filesBeside(file, CheckpointFormats.discover(loader));
    }

    /** The files that it is read from: its index, if it has one, those that hold tensors, and the configuration if that matters. */
    public SortedSet<Path> files() {
        SortedSet<Path> files = new TreeSet<>();
        files.add(path);
        stored().values().forEach(tensor -> tensor.ranges().forEach(range -> files.add(range.file())));
        usedConfiguration().ifPresent(file -> files.add(file));
        return files;
    }

    /** The configuration, if it tells of a tie or of a layout. */
    public Optional<Path> usedConfiguration() {
        boolean isUsed = declaredTie.isPresent()
                || tensors().values().stream()
                        .anyMatch(tensor -> tensor.encoding().isPresent());
        return configuration.file().filter(file -> isUsed);
    }

    /** Names that stand for one tensor, as {@link TensorEntry#storage} tells it; each group in the order of the file. */
    public List<List<String>> ties() {
        return Ties.among(tensors().values());
    }

    /** The tie that only a configuration tells of, because the file lacks one of the two names. */
    public Optional<DeclaredTie> impliedTie() {
        return declaredTie.filter(tie -> !tensors().containsKey(tie.name()));
    }
}
