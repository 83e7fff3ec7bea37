/**
 * Where a trained adapter's tensors go: its names meet the model's ({@link io.graft.modifiers.lora.placing.NameMapping}), and each pair of
 * factors finds its weight and how it lies over it ({@link io.graft.modifiers.lora.placing.Placing}). Knows the adapter as it was read, and
 * the draft's names and shapes; must not know what becomes of an update.
 */
package io.graft.modifiers.lora.placing;
