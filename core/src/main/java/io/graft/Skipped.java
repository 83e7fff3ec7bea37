package io.graft;

/**
 * An entry of a checkpoint that was not loaded.
 *
 * @param key its name in the checkpoint
 * @param detail the facts, {@code [9, 3] in the checkpoint, [2, 3] in the model}; may be empty
 */
public record Skipped(String key, SkipReason reason, String detail) {}
