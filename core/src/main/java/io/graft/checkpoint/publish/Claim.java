package io.graft.checkpoint.publish;

import io.graft.checkpoint.ModelFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes one run at a time publish in a folder: a folder in it that holds one file, named as the staging folder of that run. To
 * move it there fails while it holds a file; without one, it is nobody's. If its run has ended, what that has done is undone by
 * whoever comes next.
 */
final class Claim {
    private static final Logger LOGGER = LoggerFactory.getLogger(Claim.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int PAUSE = 10;
    private static final int ATTEMPTS = 3;

    private Claim() {}

    /**
     * Waits for runs that publish, undoes what dead ones did, and takes the claim.
     *
     * @throws IOException if it cannot be had
     */
    static void take(StagingFolder staging, Path folder, FolderChanges changes) throws IOException {
        Path prepared = Files.createDirectories(staging.path().resolve("claim"));
        Path name = prepared.resolve(staging.path().getFileName());
        Files.deleteIfExists(name);
        Files.createFile(name);
        Path claim = folder.resolve(ModelFiles.PUBLISHING);
        long start = System.nanoTime();
        int unexplained = 0;
        while (true) {
            recover(folder, changes);
            try {
                changes.move(prepared, claim);
                return;
            } catch (FileSystemException failure) {
                // the one that had it may have given it back just now
                if (!Files.exists(claim) && ++unexplained == ATTEMPTS) {
                    throw failure;
                }
            }
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw OutputException.refused(
                        "another run publishes in `" + folder + "` since more than " + PATIENCE.toSeconds()
                                + " seconds",
                        "wait for it to end, or choose another path");
            }
            pause();
        }
    }

    /** Gives the claim back: what was done stays. */
    static void release(StagingFolder staging, Path folder, FolderChanges changes) throws IOException {
        changes.delete(
                folder.resolve(ModelFiles.PUBLISHING).resolve(staging.path().getFileName()));
        removeEmpty(folder);
    }

    /** One that stays hinders nobody. */
    private static void removeEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(ModelFiles.PUBLISHING));
        } catch (IOException taken) {
            LOGGER.debug("the claim on {} stays", folder, taken);
        }
    }

    /**
     * Undoes what a dead run has begun to publish; does nothing if there is none.
     *
     * @throws OutputException if it cannot be undone
     */
    static void recover(Path folder, FolderChanges changes) throws IOException {
        Optional<Path> holder = holder(folder);
        if (holder.isEmpty()) {
            removeEmpty(folder);
            return;
        }
        StagingFolder dead = StagingFolder.ofDead(holder.get());
        if (dead == null) {
            if (!Files.exists(holder.get())) {
                // somebody has removed it by hand, and with it what could be undone
                Files.deleteIfExists(folder.resolve(ModelFiles.PUBLISHING)
                        .resolve(holder.get().getFileName()));
                removeEmpty(folder);
            }
            return;
        }
        // Another one may have recovered it before the lock was had.
        if (!holder(folder).equals(holder)) {
            dead.close();
            return;
        }
        try {
            new Publication(dead, folder, changes, true).undo();
            release(dead, folder, changes);
        } catch (IOException | RuntimeException failure) {
            dead.abandon();
            throw OutputException.stuck(
                    "`" + folder
                            + "` holds what a run left that was interrupted while it published, and it cannot be undone ("
                            + failure.getMessage() + "): the files before are in `" + dead.old() + "`",
                    "move the file that is in the way away, or choose another path",
                    failure);
        }
        dead.close();
    }

    private static Optional<Path> holder(Path folder) throws IOException {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder.resolve(ModelFiles.PUBLISHING))) {
            for (Path name : names) {
                return Optional.of(folder.resolve(name.getFileName().toString()));
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            // nobody publishes
        }
        return Optional.empty();
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another run published in the folder");
        }
    }
}
