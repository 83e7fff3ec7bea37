package io.graft.modifiers.lora;

/** A tensor of the model that is updated. */
record Merge(String name, LowRankUpdate update) {}
