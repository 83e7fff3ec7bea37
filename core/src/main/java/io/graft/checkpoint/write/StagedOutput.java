package io.graft.checkpoint.write;

import io.graft.checkpoint.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on their way into the output folder. They are written into a folder of their own on the same file system and
 * moved into place by {@link #publish}; until then, and whenever that fails, the output folder is as it was. Closing
 * removes whatever was not published, and so does the end of the JVM.
 */
public final class StagedOutput implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StagedOutput.class);

    /** What tells of other files comes after them: an index of its shards, and a manifest, which tells that all is there. */
    private static final Comparator<Path> CONTENT_FIRST = Comparator.comparingInt(StagedOutput::rank)
            .thenComparing(path -> path.getFileName().toString());

    private final Path target;
    private final Path folder;
    private final Predicate<String> replaced;
    private final List<Path> createdParents;
    private final Thread cleaner = new Thread(this::removeTemporaryFiles, "graft-staging-cleaner");
    private boolean done;

    private StagedOutput(Path target, Path folder, Predicate<String> replaced, List<Path> createdParents) {
        this.target = target;
        this.folder = folder;
        this.replaced = replaced;
        this.createdParents = createdParents;
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /**
     * Starts to write.
     *
     * @param output the folder that the files go to; it need not exist
     * @param replaced by name, which files in it go when the new ones come; every other file stays, except where a new one takes
     *     its name
     * @throws IOException if the place cannot be written to
     */
    public static StagedOutput in(Path output, Predicate<String> replaced) throws IOException {
        if (Files.isDirectory(output)) {
            // Inside, because the folder itself may be a mount point and its parent another file system.
            Path real = output.toRealPath();
            return new StagedOutput(real, createFolderIn(real), replaced, List.of());
        }
        Path target = output.toAbsolutePath().normalize();
        List<Path> createdParents = new ArrayList<>();
        try {
            createParents(target.getParent(), createdParents);
            return new StagedOutput(target, createFolderIn(target.getParent()), replaced, createdParents);
        } catch (IOException failure) {
            removeEmpty(createdParents);
            throw failure;
        }
    }

    /** Within the output folder, which is made if need be: for one of several runs that write into it. */
    public static StagedOutput within(Path output) throws IOException {
        Path target = output.toAbsolutePath().normalize();
        boolean made = !Files.isDirectory(target);
        try {
            Files.createDirectories(target);
        } catch (IOException failure) {
            throw unusable(target, failure);
        }
        Path real = target.toRealPath();
        return new StagedOutput(real, createFolderIn(real), name -> false, made ? List.of(real) : List.of());
    }

    /** The folder becomes the output, so it has a folder's usual permissions, which a temporary one has not. */
    private static Path createFolderIn(Path parent) throws IOException {
        return create(parent.resolve(".graft-" + UUID.randomUUID()), parent);
    }

    /**
     * @param asked what to name if it fails: a person knows nothing of temporary folders
     */
    private static Path create(Path folder, Path asked) throws IOException {
        try {
            return Files.createDirectory(folder);
        } catch (IOException failure) {
            throw unusable(asked, failure);
        }
    }

    private static FileSystemException unusable(Path asked, IOException failure) {
        FileSystemException named = new FileSystemException(asked.toString(), null, "no folder can be made here");
        named.initCause(failure);
        return named;
    }

    /** Where to write the files; they keep their names when they are published. */
    public Path folder() {
        return folder;
    }

    /** Where a file of {@link #folder} will be once it is published. */
    public Path published(Path staged) {
        return target.resolve(folder.relativize(staged));
    }

    /** What went wrong with the files, by the names that they were to have: a person knows nothing of temporary folders. */
    public CheckpointException published(CheckpointException failure) {
        return failure.path() != null && failure.path().startsWith(folder)
                ? new CheckpointException(
                        failure.reason(), published(failure.path()), failure.detail(), failure.help(), failure)
                : failure;
    }

    /**
     * Moves the files into place, beside what is there.
     *
     * @throws IOException if a file cannot be moved; the output folder is then as it was
     */
    public synchronized void add() throws IOException {
        Deque<Move> made = new ArrayDeque<>();
        try {
            for (Path file : filesIn(folder)) {
                made.push(Move.make(file, target));
            }
        } catch (IOException | RuntimeException | Error failure) {
            while (!made.isEmpty()) {
                made.pop().undo(failure);
            }
            throw failure;
        }
        done = true;
    }

    /**
     * Moves the files into place. Older files that they replace go, every other file stays.
     *
     * @throws IOException if a file cannot be moved; the output folder is then as it was
     */
    public synchronized void publish() throws IOException {
        if (folder.getParent().equals(target)) {
            replaceOwnFiles();
        } else {
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
        }
        done = true;
        removeTemporaryFiles();
    }

    /** Removes what is not published. */
    @Override
    public void close() {
        removeTemporaryFiles();
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException shuttingDown) {
            LOGGER.debug("the JVM is ending, its hook has cleaned up", shuttingDown);
        }
    }

    private void replaceOwnFiles() throws IOException {
        List<Path> staged = filesIn(folder);
        Path aside = Files.createDirectory(folder.resolve("replaced"));
        Deque<Move> made = new ArrayDeque<>();
        try {
            for (Path old : filesIn(target)) {
                if (replaced.test(old.getFileName().toString())) {
                    made.push(Move.make(old, aside));
                }
            }
            for (Path file : staged) {
                made.push(Move.make(file, target));
            }
        } catch (IOException | RuntimeException | Error failure) {
            while (!made.isEmpty()) {
                made.pop().undo(failure);
            }
            throw failure;
        }
    }

    private synchronized void removeTemporaryFiles() {
        try {
            removeTree(folder);
            if (!done) {
                removeEmpty(createdParents);
            }
        } catch (IOException | UncheckedIOException failure) {
            LOGGER.warn("cannot remove the temporary folder {}", folder, failure);
        }
    }

    private static int rank(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".index.json") ? 1 : name.endsWith(".json") ? 2 : 0;
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS))
                    .sorted(CONTENT_FIRST)
                    .toList();
        }
    }

    private static void createParents(Path parent, List<Path> created) throws IOException {
        if (Files.isDirectory(parent)) {
            return;
        }
        createParents(parent.getParent(), created);
        create(parent, parent);
        created.add(parent);
    }

    private static void removeEmpty(List<Path> createdParents) throws IOException {
        for (int i = createdParents.size() - 1; i >= 0; i--) {
            try (Stream<Path> children = Files.list(createdParents.get(i))) {
                if (children.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(createdParents.get(i));
        }
    }

    private static void removeTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private record Move(Path from, Path to) {
        static Move make(Path file, Path folder) throws IOException {
            Move move = new Move(file, folder.resolve(file.getFileName()));
            Files.move(move.from, move.to, StandardCopyOption.ATOMIC_MOVE);
            return move;
        }

        void undo(Throwable because) {
            try {
                Files.move(to, from, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failure) {
                because.addSuppressed(failure);
            }
        }
    }
}
