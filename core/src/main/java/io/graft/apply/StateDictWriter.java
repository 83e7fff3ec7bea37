package io.graft.apply;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
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
    List<WrittenFile> write(Path folder, List<OutputTensor> tensors, long maxShardSize, WriteOptions options)
            throws IOException;

    /**
     * The names of all files, whichever part writes them.
     *
     * @param folder which need not exist
     */
    default List<String> names(Path folder, List<OutputTensor> tensors, long maxShardSize) {
        return List.of(ModelFiles.SAFETENSORS);
    }

    /** Writes the index alone, which parts of an output leave out; nothing if the output has none. */
    default Optional<WrittenFile> writeIndex(
            Path folder, List<OutputTensor> tensors, long maxShardSize, WriteOptions options) throws IOException {
        return Optional.empty();
    }
}
