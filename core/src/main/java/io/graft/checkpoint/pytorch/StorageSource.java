package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointException;
import java.io.IOException;

/** Finds the bytes of a storage in a container. */
interface StorageSource {
    /**
     * The bytes of a storage.
     *
     * @param wantedBy the tensor that needs it, for messages
     * @throws CheckpointException if there is none of that key, or if its bytes cannot be reached
     */
    Storage storage(String key, String wantedBy) throws IOException;
}
