package io.graft.checkpoint.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process uses of the cache, so that no other one removes it. Whoever opens a checkpoint reads from it for as long as it
 * likes, so a use ends with the process.
 */
final class CacheUse {
    // the system's lock goes when any of the process's channels to the file is closed, so there is one, and it stays
    private static final Map<Path, FileChannel> OF_THIS_PROCESS = new ConcurrentHashMap<>();

    private CacheUse() {}

    /** Begins to use what a file stands for, or goes on; waits while somebody removes it. */
    static void begin(Path file) {
        try {
            Path canonical =
                    Files.createDirectories(file.getParent()).toRealPath().resolve(file.getFileName());
            synchronized (OF_THIS_PROCESS) {
                FileChannel held = OF_THIS_PROCESS.get(canonical);
                FileChannel channel = held == null ? hold(canonical) : held;
                // makes the file as old as this use
                channel.write(ByteBuffer.wrap(new byte[1]), 0);
            }
        } catch (IOException readOnly) {
            // a cache that others fill can be used where it cannot be marked
        }
    }

    private static FileChannel hold(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channel.lock(0, Long.MAX_VALUE, true);
        } catch (IOException noLocks) {
            channel.close();
            throw noLocks;
        }
        OF_THIS_PROCESS.put(file, channel);
        return channel;
    }

    /** Does something while nobody uses what a file stands for; tells whether it could be done. */
    static boolean exclude(Path file, Removal removal) throws IOException {
        Path canonical = file.getParent().toRealPath().resolve(file.getFileName());
        synchronized (OF_THIS_PROCESS) {
            if (OF_THIS_PROCESS.containsKey(canonical)) {
                return false;
            }
            try (FileChannel channel =
                            FileChannel.open(canonical, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock alone = channel.tryLock()) {
                if (alone == null) {
                    return false;
                }
                removal.run();
                return true;
            } catch (OverlappingFileLockException ofAnotherLoader) {
                return false;
            }
        }
    }

    /** What is done while nobody looks. */
    interface Removal {
        void run() throws IOException;
    }
}
