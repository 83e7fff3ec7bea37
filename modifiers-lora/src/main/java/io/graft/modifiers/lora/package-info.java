/**
 * Low-rank adapters: reading what PEFT saves, and merging it into a model's weights.
 *
 * <p>The way of an adapter: its configuration ({@link io.graft.modifiers.lora.config.AdapterConfig}) and its tensors, grouped by the
 * module that they belong to ({@link io.graft.modifiers.lora.AdapterTensors}), are held against each other
 * ({@link io.graft.modifiers.lora.DeclaredNames}) and meet the model's names ({@link io.graft.modifiers.lora.NameMapping}). Each pair
 * of factors finds its weight and how it lies over it ({@link io.graft.modifiers.lora.Placing}), and becomes an update
 * ({@link io.graft.modifiers.lora.update}, made by {@link io.graft.modifiers.lora.Merging}). Knows the draft, and checkpoints by their headers; must not know a model target.
 * Start reading at {@link io.graft.modifiers.lora.LoraMergeModelModifier}.
 */
package io.graft.modifiers.lora;
