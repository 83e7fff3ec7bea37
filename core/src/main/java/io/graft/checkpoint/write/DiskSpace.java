package io.graft.checkpoint.write;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room for files that are about to be written. */
public final class DiskSpace {
    private DiskSpace() {}

    /**
     * Checks that a folder's disk has room.
     *
     * @throws FileSystemException if it has not
     */
    public static void require(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new FileSystemException(
                    folder.toString(), null, "the output takes " + bytes + " bytes, and " + free + " are free");
        }
    }
}
