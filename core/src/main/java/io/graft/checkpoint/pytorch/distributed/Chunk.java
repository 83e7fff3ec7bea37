package io.graft.checkpoint.pytorch.distributed;

import java.util.List;

/**
 * A part of a tensor that one archive holds.
 *
 * @param offsets first element, per dimension
 * @param sizes elements, per dimension
 */
record Chunk(List<Long> offsets, List<Long> sizes) {
    boolean isEmpty() {
        return sizes.contains(0L);
    }
}
