package io.graft.checkpoint.pytorch.distributed;

import java.util.List;

/**
 * Where an archive lies.
 *
 * @param file the file's name, as {@code .metadata} gives it
 * @param offset first byte
 * @param length bytes
 * @param isPacked whether its bytes went through something, such as a compression
 */
record Location(String file, long offset, long length, boolean isPacked) {
    /** What an archive holds: a tensor, from an element on. */
    record Of(String name, List<Long> offsets) {}
}
