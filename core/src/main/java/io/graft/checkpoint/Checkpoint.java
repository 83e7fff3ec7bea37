package io.graft.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A checkpoint opened by its headers: names, shapes, dtypes, byte ranges and metadata. No tensor data is read and nothing
 * found in the file is executed.
 *
 * @param path the file or folder, canonical
 * @param format id of the {@link CheckpointFormat} that read it: {@code safetensors}, {@code pytorch}, {@code djl-params},
 *     {@code gguf}, {@code numpy}
 * @param layout what the content is: {@code state_dict}, {@code pytorch} (a container such as {@code model_state_dict}),
 *     {@code lightning}, {@code module} (a whole module, pickled), {@code torchscript}, or {@code parameters} (without
 *     paths, see {@link io.graft.checkpoint.params.ParamsFormat})
 * @param tensors the state dict in the file's order; keys are the entries' names
 * @param metadata the text metadata of the file, and scalars that stand beside the state dict ({@code epoch})
 * @param warnings what a person should know, such as a second container that was not used; in reading order
 * @param declaredTie a tie that a configuration beside it tells of
 */
public record Checkpoint(
        Path path,
        String format,
        String layout,
        Map<String, TensorEntry> tensors,
        Map<String, String> metadata,
        List<String> warnings,
        Optional<DeclaredTie> declaredTie) {

    /** A checkpoint of which no more is known than its file tells. */
    public Checkpoint(
            Path path,
            String format,
            String layout,
            Map<String, TensorEntry> tensors,
            Map<String, String> metadata,
            List<String> warnings) {
        this(path, format, layout, tensors, metadata, warnings, Optional.empty());
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
        return CheckpointOpener.open(path, loader);
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

    /** The files that it is read from: its index, if it has one, those that hold tensors, and the configuration that tells of a tie. */
    public SortedSet<Path> files() {
        SortedSet<Path> files = new TreeSet<>();
        files.add(path);
        tensors.values().forEach(tensor -> files.add(tensor.range().file()));
        declaredTie.ifPresent(tie -> files.add(tie.config()));
        return files;
    }

    /** Names that stand for one tensor, as {@link TensorEntry#storage} tells it; each group in the order of the file. */
    public List<List<String>> ties() {
        return Ties.among(tensors.values());
    }

    /** The tie that only a configuration tells of, because the file lacks one of the two names. */
    public Optional<DeclaredTie> impliedTie() {
        return declaredTie.filter(tie -> !tensors.containsKey(tie.name()));
    }
}
