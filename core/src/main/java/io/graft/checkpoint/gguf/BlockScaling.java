package io.graft.checkpoint.gguf;

/** Finds the scales of a block. */
@FunctionalInterface
interface BlockScaling {
    /**
     * Finds those of one.
     *
     * @param at where its elements begin, which are finite
     * @param place where its scales go
     * @return whether 16 bits, which they have, hold them
     */
    boolean scale(float[] from, int at, float[] scales, int place);
}
