/**
 * Quantization: giving the weights of a model fewer bits.
 *
 * <p>The way of a weight: options say which modules ({@link io.graft.modifiers.quantization.Targets}) become what ({@link
 * io.graft.modifiers.quantization.Settings}); a layout ({@link io.graft.modifiers.quantization.stored}) asks for a scheme's arithmetic ({@link
 * io.graft.modifiers.quantization.scheme}) and makes a storage of what that gives ({@link io.graft.modifiers.quantization.Quantizing}). What
 * such files stand for when they are read has a room of its own ({@link io.graft.modifiers.quantization.layout}). Knows the draft; must not
 * know a model target or a file's format. Start reading at {@link io.graft.modifiers.quantization.QuantizationModelModifier}.
 */
package io.graft.modifiers.quantization;
