package io.graft.training.checkpoint;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;

/** The files of a checkpoint. */
interface SavedForm {
    /** Without digests, which nothing here would record. */
    WriteOptions SYNCED = new WriteOptions(false, true, Part.WHOLE);

    /**
     * Writes them.
     *
     * @param folder is there, and empty
     */
    void write(Path folder, Snapshot snapshot) throws IOException;
}
