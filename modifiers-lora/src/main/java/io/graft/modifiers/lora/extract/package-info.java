/**
 * Adapters made of two checkpoints: what a training changed, as low-rank updates. Knows checkpoints and dialects; must not know modifiers.
 * Start reading at {@link io.graft.modifiers.lora.extract.AdapterExtractor}.
 */
package io.graft.modifiers.lora.extract;
