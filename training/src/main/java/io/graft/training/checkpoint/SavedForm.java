package io.graft.training.checkpoint;

import io.graft.checkpoint.write.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;

/** The files of a checkpoint. */
interface SavedForm {
    /**
     * Writes them.
     *
     * @param folder is there, and empty
     */
    void write(Path folder, Snapshot snapshot, WriteOptions writing) throws IOException;
}
