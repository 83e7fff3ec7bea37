package io.graft.modifiers.lora.resize;

/**
 * What became of one update.
 *
 * @param module the path of its module
 * @param target the module that the adapter's lists name
 * @param from the rank that it had
 * @param to the rank that it has
 * @param lost the Frobenius norm of what was lost, in relation to that of the update
 */
public record ResizedUpdate(String module, String target, int from, int to, double lost) {}
