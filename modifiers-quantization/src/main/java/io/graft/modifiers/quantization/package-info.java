/**
 * Quantized weights. The layouts in which checkpoints hold them have a room of their own.
 *
 * <p>Start reading at {@link io.graft.modifiers.quantization.layout.Fp8Layout}.
 */
package io.graft.modifiers.quantization;
