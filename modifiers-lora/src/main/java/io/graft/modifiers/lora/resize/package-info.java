/**
 * Updates of another rank: adapters whose updates get a lower one, and sums of adapters. What is kept of an update is matrices and numbers
 * ({@link io.graft.modifiers.lora.resize.Spectrum}); knows dialects, and must not know models. Start reading at {@link
 * io.graft.modifiers.lora.resize.AdapterResizer}.
 */
package io.graft.modifiers.lora.resize;
