package io.graft.checkpoint.source;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Locks that are held by one thread of one process at a time; a process that ends, however it ends, gives its own back. */
final class FileLocks {
    // a lock of the system belongs to the process, and a second thread that asks for it gets an exception
    private static final Map<Path, ReentrantLock> OF_THIS_PROCESS = new ConcurrentHashMap<>();

    private FileLocks() {}

    /** What is done under a lock. */
    interface Action<T> {
        T run() throws IOException;
    }

    /** Waits for the lock of a file, which is made if it is not there, and does something while it is held. */
    static <T> T holding(Path file, Action<T> action) throws IOException {
        Path canonical = Files.createDirectories(file.getParent()).toRealPath().resolve(file.getFileName());
        ReentrantLock inside = OF_THIS_PROCESS.computeIfAbsent(canonical, first -> new ReentrantLock());
        inside.lock();
        // closing the channel gives the lock of the system back
        try (FileChannel channel = FileChannel.open(canonical, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            return action.run();
        } finally {
            inside.unlock();
        }
    }
}
