/**
 * Layouts of quantized checkpoints: which tensors are one weight, and the formula that they stand for.
 *
 * <p>Knows tensors and expressions only. Start reading at {@link io.graft.modifiers.quantization.layout.Fp8Layout}.
 */
package io.graft.modifiers.quantization.layout;
