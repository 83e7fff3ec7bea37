package io.graft.modifiers.lora.extract;

/**
 * The update of one weight.
 *
 * @param module the path of its module
 * @param rank of its factors
 * @param lost the Frobenius norm of what it lacks of the difference, in relation to that of the difference
 */
public record ExtractedUpdate(String module, int rank, double lost) {}
