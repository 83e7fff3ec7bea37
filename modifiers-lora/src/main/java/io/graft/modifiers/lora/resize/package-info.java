/**
 * Updates of a lower rank: what is kept of one, as matrices and numbers. Knows neither files nor adapters as a whole. Start reading at
 * {@link io.graft.modifiers.lora.resize.Spectrum}.
 */
package io.graft.modifiers.lora.resize;
