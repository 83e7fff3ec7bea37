package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Names of files that are to outlive a power failure. */
public final class FolderSync {
    private FolderSync() {}

    /** Waits until the names in a folder have reached the disk; does nothing where the system lets nobody open a folder. */
    public static void force(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (FileSystemException notOpened) {
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }
}
