package io.graft.checkpoint.write;

import io.graft.checkpoint.CheckpointException;
import java.io.IOException;
import java.util.List;

/**
 * Writes tensors as the files of one format. What it writes depends on the tensors alone, its memory does not grow with them,
 * and a file counts as written when it has reached the disk and was opened again and compared.
 */
public interface CheckpointWriter {
    /**
     * Writes the tensors. On failure what was written so far is left: the caller owns the folder.
     *
     * @param tensors in the order of the state dict
     * @return the files, in a stable order
     * @throws CheckpointException if a tensor's name, dtype or shape cannot be written
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    List<WrittenFile> write(List<OutputTensor> tensors) throws IOException;
}
