/**
 * Low-rank adapters: reading what PEFT saves, and merging it into a model's weights.
 *
 * <p>The way of an adapter: its configuration ({@link io.graft.modifiers.lora.AdapterConfig}) and its tensors, grouped by the
 * module that they belong to ({@link io.graft.modifiers.lora.AdapterTensors}), meet the model's names, and each pair of factors
 * becomes an update of one weight ({@link io.graft.modifiers.lora.LowRankUpdate}). Knows the draft, and checkpoints by their
 * headers; must not know a model target. Start reading at {@link io.graft.modifiers.lora.LoraMergeModelModifier}.
 */
package io.graft.modifiers.lora;
