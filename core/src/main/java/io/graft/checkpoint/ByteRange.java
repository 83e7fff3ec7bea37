package io.graft.checkpoint;

import java.nio.file.Path;

/**
 * Where a tensor's bytes lie. Two entries with the same range may be tied, see {@link TensorEntry#storage}.
 *
 * @param file the file, canonical
 * @param offset first byte, from the start of the file
 * @param length number of bytes
 */
public record ByteRange(Path file, long offset, long length) {}
