package io.graft.checkpoint.write;

import io.graft.checkpoint.CheckpointException;
import io.graft.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A format that state dicts are written in. What is written depends on the state dict alone, memory does not grow with it, and a
 * file counts as written when it was opened again and compared; {@link ParallelWriter} does the work for a format that can say
 * what its files consist of.
 */
public interface StateDictFormat {
    /** Name of the file that a state dict is written to which is not divided: {@code model.safetensors}. */
    String fileName();

    /** Ends of the names of files, each with its dot, that ask for this format; the first is the usual one. */
    List<String> extensions();

    /** Whether a state dict may be divided among several files, so that parts of an output can be written on their own. */
    boolean isDivisible();

    /** Whether files are written with a text of {@link OutputStateDict#metadata} that has this key. */
    boolean keepsMetadata(String key);

    /**
     * Whether tensors are written with all that another file says beside its own, as it says it, because it is of this format and has
     * tensors of the same names and shapes; texts of its metadata are among that.
     *
     * @param origin the other file; what it says is taken from there if the state dict {@linkplain OutputStateDict#origin names} it
     * @throws IOException if it cannot be read
     */
    default boolean goesOn(List<OutputTensor> tensors, Path origin) throws IOException {
        return false;
    }

    /** Whether names of one tensor lead to one copy of its values, as {@link OutputTensor#sameAs} tells; otherwise each name gets one. */
    boolean keepsTies();

    /** The types of {@linkplain OutputTensor#blockType blocks} that files may hold in the place of numbers. */
    default Set<String> blockTypes() {
        return Set.of();
    }

    /** Why nothing can be written, where that is known; empty if it can. */
    default List<Problem> refusals() {
        return List.of();
    }

    /**
     * Writes a state dict. On failure what was written so far is left: the caller owns the folder.
     *
     * @param folder an existing folder without files of the names to be written
     * @param maxShardSize bytes of tensor data that a file holds at most, unless a single tensor is larger; of no meaning to a format
     *     that is not divisible
     * @param options how; of a divisible format, only the files of its part are written
     * @return the files, in a stable order
     * @throws CheckpointException if a tensor's name, dtype or shape cannot be written
     * @throws IOException if the disk is too small, or a value cannot be read or a file not be written
     */
    List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options)
            throws IOException;

    /**
     * The names of all files, whichever part writes them.
     *
     * @param folder which need not exist
     * @throws CheckpointException if a tensor's name, dtype or shape cannot be written
     */
    default List<String> names(Path folder, OutputStateDict stateDict, long maxShardSize) {
        return List.of(fileName());
    }

    /** Writes the index alone, which parts of an output leave out; nothing if the output has none. */
    default Optional<WrittenFile> writeIndex(
            Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options) throws IOException {
        return Optional.empty();
    }
}
