package io.graft.checkpoint.gguf;

/** Packs the elements of a block with scales that it has. */
@FunctionalInterface
interface BlockPacking {
    /**
     * Packs one.
     *
     * @param at where its elements begin, which are finite
     * @param place where its scales begin
     * @param out where its bytes go
     */
    void encode(float[] from, int at, float[] scales, int place, byte[] to, int out);
}
