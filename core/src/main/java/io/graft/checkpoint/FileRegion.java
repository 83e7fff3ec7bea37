package io.graft.checkpoint;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * Bytes of a file that are a tensor as they lie there, so that they can go from file to file.
 *
 * @param offset first byte, from the start of the file
 * @param bytes how many
 */
public record FileRegion(CheckpointFile file, long offset, long bytes) {
    public FileRegion {
        Objects.checkFromIndexSize(offset, bytes, file.size());
    }

    /**
     * Where the bytes of a tensor lie; empty if they are not in a file, or are looked at on their way.
     *
     * @throws IOException if the file cannot be read
     */
    public static Optional<FileRegion> of(TensorData data) throws IOException {
        return data instanceof FileBacked stored ? Optional.of(stored.region()) : Optional.empty();
    }

    /** Whether the other region begins where this one ends. */
    public boolean isFollowedBy(FileRegion next) {
        return offset + bytes == next.offset && file.equals(next.file);
    }

    /** Some of it. */
    public FileRegion part(long from, long length) {
        Objects.checkFromIndexSize(from, length, bytes);
        return new FileRegion(file, offset + from, length);
    }

    /** This region and the one that follows it. */
    public FileRegion with(FileRegion next) {
        return new FileRegion(file, offset, bytes + next.bytes);
    }
}
