package io.graft.checkpoint.pytorch.storage;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.StoredBytes;
import java.io.IOException;

/** Finds the bytes of a storage in a container. */
public interface StorageSource {
    /**
     * The bytes of a storage.
     *
     * @param wantedBy the tensor that needs it, for messages
     * @throws CheckpointException if there is none of that key, or if its bytes cannot be reached
     */
    StoredBytes storage(String key, String wantedBy) throws IOException;
}
