package io.graft.checkpoint.publish;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Replacement;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files on their way into an output folder. They are written into a hidden folder on the same file system and moved into place by
 * {@link #publish}; until then, and whenever that fails, the output folder is as it was. Closing removes whatever was not
 * published, so does the end of the JVM, and if that is cut short, the next run.
 */
public final class StagedOutput implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StagedOutput.class);

    private final Destination destination;
    private final boolean sync;
    private final FolderChanges changes;
    private final List<Path> madeFolders;
    private final Path target;
    private final Thread cleaner = new Thread(this::close, "graft-staging-cleaner");
    private StagingFolder staging;
    private boolean published;
    private boolean closed;

    private StagedOutput(
            Destination destination, boolean sync, FolderChanges changes, List<Path> madeFolders, StagingFolder staging)
            throws IOException {
        this.destination = destination;
        this.sync = sync;
        this.changes = changes;
        this.madeFolders = madeFolders;
        this.staging = staging;
        this.target = Files.isDirectory(destination.folder())
                ? destination.folder().toRealPath()
                : destination.folder().toAbsolutePath().normalize();
        Runtime.getRuntime().addShutdownHook(cleaner);
    }

    /**
     * Starts to write.
     *
     * @param names of the files that will be published, as far as they are known
     * @param sync whether names are forced to the disk when they are published
     * @throws OutputException if something is there that may not be replaced
     * @throws IOException if the place cannot be written to
     */
    public static StagedOutput in(Destination destination, List<String> names, boolean sync) throws IOException {
        return in(destination, names, sync, FolderChanges.REAL);
    }

    static StagedOutput in(Destination destination, List<String> names, boolean sync, FolderChanges changes)
            throws IOException {
        recover(destination.folder());
        Path wanted = destination.folder().toAbsolutePath().normalize();
        List<Path> made = new ArrayList<>();
        StagedOutput staged;
        try {
            // Inside where it can be, because the folder itself may be a mount point and its parent another file
            // system.
            Path place = destination.isShared() || Files.isDirectory(wanted) ? wanted : wanted.getParent();
            makeFolders(place, made);
            staged = new StagedOutput(destination, sync, changes, made, staging(place));
        } catch (IOException failure) {
            removeEmpty(made);
            throw failure;
        }
        try {
            staged.check(names);
            return staged;
        } catch (IOException | RuntimeException refused) {
            staged.close();
            throw refused;
        }
    }

    /** While nobody publishes there. */
    private void check(List<String> names) throws IOException {
        if (isBeside()) {
            destination.replacing(names);
            return;
        }
        Claim.take(staging, target, changes);
        try {
            destination.replacing(names);
            Claim.release(staging, target, changes);
        } catch (IOException | RuntimeException failure) {
            Claim.release(staging, target, changes);
            throw failure;
        }
    }

    private boolean isBeside() {
        return !staging.path().getParent().equals(target);
    }

    /**
     * Undoes what a run has begun to publish in a folder that ended before it was done, and removes what dead runs left there and
     * beside it.
     *
     * @throws IOException if something cannot be undone
     */
    public static void recover(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            Path real = folder.toRealPath();
            Claim.recover(real, FolderChanges.REAL);
            StagingFolder.removeDead(real);
        }
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null && Files.isDirectory(parent)) {
            StagingFolder.removeDead(parent);
        }
    }

    /** A person knows nothing of hidden folders, so the one is named that they asked for. */
    private static StagingFolder staging(Path place) throws IOException {
        try {
            return StagingFolder.in(place);
        } catch (FileSystemException failure) {
            throw unusable(place, failure);
        }
    }

    private static FileSystemException unusable(Path asked, IOException failure) {
        FileSystemException named = new FileSystemException(asked.toString(), null, "no folder can be made here");
        named.initCause(failure);
        return named;
    }

    /** Where to write the files; they keep their names when they are published, those of folders that they lie in included. */
    public Path folder() {
        return staging.files();
    }

    /** Where a file of {@link #folder} will be once it is published. */
    public Path published(Path staged) {
        return target.resolve(folder().relativize(staged));
    }

    /** What went wrong with the files, by the names that they were to have: a person knows nothing of hidden folders. */
    public CheckpointException published(CheckpointException failure) {
        return failure.path() != null && failure.path().startsWith(folder())
                ? new CheckpointException(
                        failure.reason(),
                        failure.path().equals(folder()) ? target : published(failure.path()),
                        failure.detail(),
                        failure.help(),
                        failure)
                : failure;
    }

    /**
     * Moves the files into place.
     *
     * @return the files that were there before and gave way
     * @throws OutputException if something is there now that may not be replaced, or if a move failed and could not be undone
     * @throws IOException if a file cannot be moved; the output folder is then as it was
     */
    public synchronized Replacement publish() throws IOException {
        Replacement replacement =
                isBeside() && !Files.exists(target, LinkOption.NOFOLLOW_LINKS) ? publishFolder() : publishFiles();
        published = true;
        return replacement;
    }

    private Replacement publishFolder() throws IOException {
        if (sync) {
            for (Path made : folders(staging.files())) {
                changes.force(made);
            }
        }
        try {
            changes.move(staging.files(), target);
        } catch (FileSystemException failure) {
            // somebody else has made it since it was looked for
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                return publishFiles();
            }
            throw failure;
        }
        if (sync) {
            for (Path made = target.getParent();
                    made != null;
                    made = madeFolders.contains(made) ? made.getParent() : null) {
                changes.force(made);
            }
        }
        return Replacement.NONE;
    }

    private Replacement publishFiles() throws IOException {
        List<String> names = names(staging.files());
        if (isBeside()) {
            destination.replacing(names);
            StagingFolder inside = StagingFolder.in(target);
            Files.delete(inside.files());
            changes.move(staging.files(), inside.files());
            staging.close();
            staging = inside;
        }
        Claim.take(staging, target, changes);
        Publication publication = new Publication(staging, target, changes, sync);
        try {
            Replacement replacement = destination.replacing(names);
            publication.carryOut(names, replacement);
            Claim.release(staging, target, changes);
            publication.removeEmpty(replacement);
            return replacement;
        } catch (IOException | RuntimeException | Error failure) {
            undo(publication, failure);
            throw failure;
        }
    }

    private void undo(Publication publication, Throwable failure) throws OutputException {
        try {
            publication.undo();
        } catch (IOException | RuntimeException stuck) {
            abandon();
            throw OutputException.stuck(
                    "files cannot be moved into place (" + failure.getMessage()
                            + "), and what was there before cannot be put back (" + stuck.getMessage() + "); it is in `"
                            + staging.old() + "`",
                    "nothing is lost: the next run into `" + target + "` puts it back",
                    failure);
        }
        try {
            Claim.release(staging, target, changes);
        } catch (IOException stays) {
            failure.addSuppressed(stays);
            abandon();
        }
    }

    /** Leaves everything to the next run, as the end of this process would. */
    private void abandon() {
        closed = true;
        staging.abandon();
    }

    /** Removes what is not published. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            staging.close();
            try {
                removeEmpty(published ? List.of() : madeFolders);
            } catch (IOException failure) {
                LOGGER.warn("cannot remove folders that were made for {}: {}", target, failure.toString());
            }
        }
        try {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        } catch (IllegalStateException shuttingDown) {
            LOGGER.debug("the JVM is ending, its hook has cleaned up", shuttingDown);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> folders(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isDirectory).toList();
        }
    }

    private static void makeFolders(Path folder, List<Path> made) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        makeFolders(folder.getParent(), made);
        try {
            Files.createDirectory(folder);
        } catch (IOException failure) {
            if (!Files.isDirectory(folder)) {
                throw unusable(folder, failure);
            }
            return;
        }
        made.add(folder);
    }

    private static void removeEmpty(List<Path> madeFolders) throws IOException {
        for (int i = madeFolders.size() - 1; i >= 0; i--) {
            try (Stream<Path> children = Files.list(madeFolders.get(i))) {
                if (children.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(madeFolders.get(i));
        }
    }
}
