package io.graft.checkpoint.publish;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hidden folder that one run works in.
 *
 * <pre>
 * lock      held as long as the run lives, so that nobody removes the folder; given back however the run ends
 * files/    what is to be published
 * old/      second names of what gives way
 * interim/  an index by which the model before is read from old/
 * steps     what is done to the output folder, written before it is done
 * </pre>
 */
final class StagingFolder implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StagingFolder.class);
    private static final Pattern NAME = Pattern.compile("\\.graft-\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    // to look at a lock that this process holds would give it back
    private static final Set<Path> OF_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private StagingFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes one in a folder. */
    static StagingFolder in(Path parent) throws IOException {
        Path real = parent.toRealPath();
        while (true) {
            Path path = real.resolve(".graft-" + UUID.randomUUID());
            OF_THIS_PROCESS.add(path);
            FileChannel lock = null;
            try {
                Files.createDirectory(path);
                lock = lock(path, StandardOpenOption.CREATE_NEW);
                if (lock != null) {
                    Files.createDirectory(path.resolve("files"));
                    return new StagingFolder(path, lock);
                }
            } catch (NoSuchFileException | FileAlreadyExistsException removed) {
                // whoever removes what dead runs left came between the folder and its lock
                LOGGER.debug("{} is made again", path, removed);
            } finally {
                if (lock == null) {
                    OF_THIS_PROCESS.remove(path);
                }
            }
        }
    }

    /** The folder of a run that has ended; null if it lives or the folder is gone. */
    static StagingFolder ofDead(Path path) throws IOException {
        if (!OF_THIS_PROCESS.add(path)) {
            return null;
        }
        FileChannel lock = null;
        try {
            lock = lock(path, StandardOpenOption.CREATE);
        } catch (NoSuchFileException gone) {
            return null;
        } finally {
            if (lock == null) {
                OF_THIS_PROCESS.remove(path);
            }
        }
        return lock == null ? null : new StagingFolder(path, lock);
    }

    /** Null if another process has the lock, or it is not there any more. */
    private static FileChannel lock(Path folder, StandardOpenOption create) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel = FileChannel.open(file, create, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null && Files.exists(file)) {
                return channel;
            }
        } catch (OverlappingFileLockException ofAnotherLoader) {
            LOGGER.debug("{} is held by this process", file, ofAnotherLoader);
        } catch (IOException noLocks) {
            // Where the file system has no locks, what others left stays, for they may live.
            if (create == StandardOpenOption.CREATE_NEW) {
                return channel;
            }
            LOGGER.debug("{} cannot be locked", file, noLocks);
        }
        channel.close();
        return null;
    }

    /** Removes what dead runs left in a folder; what cannot be removed stays. */
    static void removeDead(Path parent) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent.toRealPath(), ".graft-*")) {
            for (Path child : children) {
                if (NAME.matcher(child.getFileName().toString()).matches()
                        && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(child);
                }
            }
            for (Path child : found) {
                StagingFolder dead = ofDead(child);
                if (dead != null) {
                    dead.close();
                }
            }
        } catch (IOException failure) {
            LOGGER.debug("what dead runs left in {} is not removed", parent, failure);
        }
    }

    Path path() {
        return path;
    }

    /** What is to be published. */
    Path files() {
        return path.resolve("files");
    }

    /** What gives way. */
    Path old() {
        return path.resolve("old");
    }

    Path interim() {
        return path.resolve("interim");
    }

    Path steps() {
        return path.resolve("steps");
    }

    /** Gives the folder up with all that is in it, as the end of the process would. */
    void abandon() {
        OF_THIS_PROCESS.remove(path);
        try {
            lock.close();
        } catch (IOException failure) {
            LOGGER.debug("the lock of {} is not given back", path, failure);
        }
    }

    /** Removes the folder. */
    @Override
    public void close() {
        Path held = path.resolve("lock");
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!each.equals(held) && !each.equals(path)) {
                    Files.delete(each);
                }
            }
            Files.delete(held);
            Files.delete(path);
        } catch (NoSuchFileException gone) {
            LOGGER.debug("somebody else removes {}", path, gone);
        } catch (IOException | UncheckedIOException failure) {
            LOGGER.warn("cannot remove the temporary folder {}: {}", path, failure.toString());
        } finally {
            abandon();
        }
    }
}
