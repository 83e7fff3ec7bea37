package io.graft.checkpoint.layout;

/**
 * One way in which a logical tensor lies in a file as several stored ones, found with {@link java.util.ServiceLoader}. What a tensor
 * means is said once, by an expression, which every reader evaluates.
 *
 * <p>Layouts are asked only if a checkpoint has tensors that may be codes: integers of 8 or 32 bits, or floating-point numbers of at
 * most 8 bits.
 */
public interface CheckpointLayout {
    /** A word for it, for messages: {@code fp8}. */
    String id();

    /**
     * Finds the sets of this layout. Names and dtypes decide what is one; the configuration gives parameters, which shapes must confirm.
     * A set that is incomplete or contradicts itself is {@linkplain TensorSet#refused given as such}, with the reason, and never left
     * out: its codes would pass for numbers.
     *
     * @param stored all tensors of the section; their data had better stay unread, but for what only describes others
     */
    Grouping group(StoredTensors stored);
}
