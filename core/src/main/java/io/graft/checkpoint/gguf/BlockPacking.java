package io.graft.checkpoint.gguf;

/** Packs the elements of a block. */
@FunctionalInterface
interface BlockPacking {
    /**
     * Packs one.
     *
     * @param at where its elements begin, which are finite
     * @param out where its bytes go
     * @return whether its scales are numbers: they have 16 bits
     */
    boolean encode(float[] from, int at, byte[] to, int out);
}
