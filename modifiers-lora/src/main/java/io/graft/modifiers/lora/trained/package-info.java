/**
 * A trained adapter of LoRA put on a model: updates made of its factors, and what it saved whole or by rows. Knows how the adapter was read
 * and placed; must not know options. Start reading at {@link io.graft.modifiers.lora.trained.TrainedAdapter}.
 */
package io.graft.modifiers.lora.trained;
