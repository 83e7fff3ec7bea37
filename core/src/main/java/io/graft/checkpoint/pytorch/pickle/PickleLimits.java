package io.graft.checkpoint.pytorch.pickle;

/**
 * Bounds of one pickle. They stand far above what a checkpoint of 100,000 tensors needs, and low enough that a hostile one
 * stays within 300 MB of heap and within seconds.
 *
 * @param bytes length of the pickle
 * @param textBytes memory of all texts, names and long numbers together
 * @param values values pushed on the stack, also those that are dropped again
 * @param depth values inside values, and marks that are open at once
 */
public record PickleLimits(long bytes, long textBytes, int values, int depth) {
    public static final PickleLimits DEFAULT = new PickleLimits(256L << 20, 64L << 20, 3_000_000, 1_000);

    /** For what is read beside the checkpoint itself, while that is in memory. */
    public static final PickleLimits SMALL = new PickleLimits(32L << 20, 8L << 20, 500_000, 1_000);
}
