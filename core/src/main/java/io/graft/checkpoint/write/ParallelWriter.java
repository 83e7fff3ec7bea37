package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes files in memory that does not grow with them, on every processor: bytes of untouched tensors go from file to file
 * without passing the Java heap, others are computed, and all are hashed and forced to the disk meanwhile. On failure the folder
 * is left as it then is: the caller owns it.
 */
public final class ParallelWriter {
    private final Path folder;
    private final WriteOptions options;

    /** @param folder an existing folder, which holds no file of the names to be written */
    public ParallelWriter(Path folder, WriteOptions options) {
        this.folder = folder;
        this.options = options;
    }

    /**
     * Writes files, several at a time, for the digest of one keeps no more than a processor busy.
     *
     * @return the files in their order
     * @throws IOException if the disk is too small, if writing or reading fails, or if a file is not what was planned
     */
    public List<WrittenFile> write(List<PlannedFile> files) throws IOException {
        requireSpace(files);
        int processors = Runtime.getRuntime().availableProcessors();
        int together = Math.max(1, Math.min(processors, files.size()));
        int threads = (processors + together - 1) / together;
        WrittenFile[] written = new WrittenFile[files.size()];
        AtomicInteger next = new AtomicInteger();
        Object turn = new Object();
        Workers workers = new Workers();
        workers.run(together, () -> {
            for (int i = next.getAndIncrement();
                    i < written.length && !workers.isStopped();
                    i = next.getAndIncrement()) {
                try (FileInProgress file = FileInProgress.create(folder, files.get(i), threads, options)) {
                    written[i] = file.write(workers, turn);
                }
            }
        });
        return Arrays.asList(written);
    }

    private void requireSpace(List<PlannedFile> files) throws IOException {
        long needed = 0;
        for (PlannedFile file : files) {
            needed = Math.addExact(needed, file.size());
        }
        DiskSpace.require(folder, needed);
    }
}
