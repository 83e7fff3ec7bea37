package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** A checkpoint format, found with {@link java.util.ServiceLoader}. Implementations read headers only and execute nothing. */
public interface CheckpointFormat {
    /** Stable id: {@code safetensors}, {@code pytorch}, {@code gguf}. */
    String id();

    /**
     * Whether a file is of this format, decided by its content.
     *
     * @param file the file, for formats whose mark is not at the start
     * @param head the first bytes of the file, at most 512, little-endian, at position 0
     * @throws IOException if the file cannot be read
     */
    boolean recognizes(Path file, ByteBuffer head) throws IOException;

    /**
     * Opens a file that {@link #recognizes} accepted.
     *
     * @throws CheckpointException if the file is malformed or refused
     * @throws IOException if the file cannot be read, which {@link Checkpoint#open(Path)} tells of all formats alike
     */
    Checkpoint open(Path file) throws IOException;

    /**
     * The names of the files beside one that it is read from, too, as an index names shards; none if it is whole. Where a file comes
     * from another machine, these are fetched with it, as long as they lie beside it.
     *
     * @param file one that {@link #recognizes} accepted; the others need not be there
     * @throws CheckpointException if the file is malformed or refused
     * @throws IOException if the file cannot be read
     */
    default Collection<String> filesBeside(Path file) throws IOException {
        return List.of();
    }

    /**
     * Whether its files are read from a pickle. Those are taken from another machine only with a digest or where the user allows
     * it; what is not known to do without a pickle counts as one.
     */
    default boolean readsPickle() {
        return true;
    }
}
