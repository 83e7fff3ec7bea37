package io.graft.checkpoint.gguf;

/** Takes the blocks of a type apart. */
@FunctionalInterface
interface BlockCode {
    /**
     * Takes one apart.
     *
     * @param at where its bytes begin
     * @param out where its numbers go
     */
    void decode(byte[] from, int at, float[] to, int out);
}
