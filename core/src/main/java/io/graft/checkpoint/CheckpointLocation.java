package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.extension.Thrown;
import io.graft.problem.FirstFew;
import io.graft.problem.Suggestions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file that a person's path stands for.
 *
 * @param file an existing regular file; canonical, except that a shard index keeps the folder that it was found in
 * @param numbered the shards that it is the first of, if nothing but their names tells that they belong together
 * @param folder where the path says that it is, before links are followed
 * @param warnings what else the path could have stood for
 */
record CheckpointLocation(Path file, Optional<NumberedShards> numbered, Path folder, List<String> warnings) {
    private static final int LISTED = 8;

    /** What checkpoints are called, whose content decides what they are. */
    private static final Pattern CHECKPOINT = Pattern.compile(
            "(?i).*\\.(safetensors|pt|pt2|pth|ckpt|bin|params|gguf|npz|npy|onnx|distcp|safetensors\\.index\\.json|bin\\.index\\.json)");

    /**
     * Expands {@code ~}, resolves links, and looks into a folder.
     *
     * @throws CheckpointException if nothing that could be a checkpoint is there
     */
    static CheckpointLocation of(Path given) {
        Path path = withHome(given).toAbsolutePath();
        List<String> warnings = List.of();
        Optional<NumberedShards> numbered = Optional.empty();
        try {
            if (Files.isDirectory(path)) {
                Path folder = path.toRealPath();
                Optional<Path> entry = entry(folder);
                numbered = entry.isPresent() ? Optional.empty() : Optional.of(numbered(folder));
                path = entry.isPresent() ? entry.get() : numbered.get().files().get(0);
                warnings = besides(path);
            } else if (!Files.exists(path)) {
                throw missing(path.normalize());
            }
            // In a Hugging Face cache the index is a link into another folder, but the shards lie beside the link.
            Path file = ModelFiles.isIndex(path.getFileName().toString())
                    ? path.getParent().toRealPath().resolve(path.getFileName())
                    : path.toRealPath();
            if (!Files.isRegularFile(file)) {
                throw new CheckpointException(
                        Reason.UNREADABLE, file, "not a regular file", "give a file or a folder that holds one");
            }
            return new CheckpointLocation(file, numbered, path.getParent(), warnings);
        } catch (IOException | UncheckedIOException | DirectoryIteratorException failed) {
            throw new CheckpointException(
                    Reason.UNREADABLE, path, "the path cannot be read (" + Thrown.reason(failed) + ")", "", failed);
        }
    }

    private static Path withHome(Path given) {
        if (given.isAbsolute()
                || given.getNameCount() == 0
                || !given.getName(0).toString().equals("~")) {
            return given;
        }
        Path home = Path.of(System.getProperty("user.home"));
        return given.getNameCount() == 1 ? home : home.resolve(given.subpath(1, given.getNameCount()));
    }

    private static Optional<Path> entry(Path folder) {
        return Stream.concat(ModelFiles.ENTRIES.stream(), Stream.of(ModelFiles.DISTRIBUTED))
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst();
    }

    /** Shards without an index, in a folder that is opened by no file of its own. */
    private static NumberedShards numbered(Path folder) throws IOException {
        List<String> names = names(folder);
        Optional<NumberedShards> numbered = NumberedShards.in(folder, names);
        if (numbered.isPresent()) {
            return numbered.get();
        }
        Optional<CheckpointException> foreign = ForeignFolder.refusal(folder, names);
        if (foreign.isPresent()) {
            throw foreign.get();
        }
        String holds = names.isEmpty()
                ? "is empty"
                : "holds no " + ModelFiles.SAFETENSORS + ", no " + ModelFiles.PYTORCH + ", no index of shards, no "
                        + ModelFiles.TORCHSCRIPT + " and no " + ModelFiles.GGUF + ", but " + FirstFew.of(names, LISTED);
        throw new CheckpointException(
                Reason.NOT_FOUND,
                folder,
                "a folder that " + holds,
                "give the checkpoint file itself" + only(folder, names));
    }

    /** The one file of a folder that is called like a checkpoint, as an adapter's folder has it. */
    private static String only(Path folder, List<String> names) {
        List<String> likely = names.stream()
                .filter(name -> CHECKPOINT.matcher(name).matches())
                .toList();
        return likely.size() == 1 ? ", `" + folder.resolve(likely.get(0)) + "`" : "";
    }

    private static List<String> besides(Path model) {
        String used = model.getFileName().toString();
        List<String> warnings = new ArrayList<>();
        if (Files.exists(model.resolveSibling(ModelFiles.PUBLISHING))) {
            warnings.add(
                    "a run publishes in the folder, or was interrupted while it did; the next run into it then puts"
                            + " back what was there before");
        }
        ModelFiles.ENTRIES.stream()
                .filter(name -> !name.equals(used) && Files.exists(model.resolveSibling(name)))
                .forEach(name -> warnings.add(
                        "the folder also holds " + name + ", which was not used, because " + used + " comes first"));
        return warnings;
    }

    private static CheckpointException missing(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return new CheckpointException(
                    Reason.NOT_FOUND,
                    path,
                    "a link to " + Files.readSymbolicLink(path) + ", which does not exist",
                    "repair the link or give the file itself");
        }
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            Path existing = folder;
            while (existing != null && !Files.isDirectory(existing)) {
                existing = existing.getParent();
            }
            return new CheckpointException(
                    Reason.NOT_FOUND,
                    path,
                    "no such file: its folder does not exist either",
                    "check the path, which is right up to " + existing);
        }
        List<String> names = names(folder);
        return new CheckpointException(
                Reason.NOT_FOUND,
                path,
                "no such file",
                names.isEmpty()
                        ? "its folder is empty"
                        : "its folder holds "
                                + FirstFew.of(nearestFirst(path.getFileName().toString(), names), LISTED));
    }

    /** What could be meant: checkpoints and folders, if there are any, and of them those whose names are near before the others. */
    private static List<String> nearestFirst(String name, List<String> names) {
        List<String> checkpoints = names.stream()
                .filter(each -> each.endsWith("/") || CHECKPOINT.matcher(each).matches())
                .toList();
        List<String> shown = checkpoints.isEmpty() ? names : checkpoints;
        Set<String> ordered = new LinkedHashSet<>(Suggestions.near(name, shown));
        ordered.addAll(shown);
        return List.copyOf(ordered);
    }

    private static List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                names.add(TensorName.printable(child.getFileName().toString()) + (Files.isDirectory(child) ? "/" : ""));
            }
        }
        Collections.sort(names);
        return names;
    }
}
