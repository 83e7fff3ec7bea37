package io.graft.modifiers.lora.extract;

/**
 * A tensor that is not the same in both checkpoints, and is not in the adapter.
 *
 * @param reason a clause that goes on after the name: {@code differs, and is no matrix}
 */
public record LeftTensor(String name, String reason) {}
