package io.graft.apply;

import io.graft.Output;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.DraftTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes a state dict into an empty folder. */
interface StateDictWriter {
    /**
     * @param tensors in the order in which they are written
     * @param maxShardSize bytes of tensor data that a file holds at most, unless a single tensor is larger
     * @return the files, in a stable order
     * @throws IOException if a value cannot be read or a file not be written
     */
    List<Output> write(Path folder, List<DraftTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException;

    /** Writes the index alone, which parts of an output leave out; nothing if the output has none. */
    default Optional<Output> writeIndex(Path folder, List<DraftTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException {
        return Optional.empty();
    }
}
