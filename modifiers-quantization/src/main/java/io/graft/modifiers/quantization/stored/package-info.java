/**
 * Layouts as quantized weights are written in them: which arithmetic each asks for, which stored tensors a weight becomes, what they
 * stand for, and what {@code config.json} says of them. Knows schemes and what reading makes of layouts; must not know a modifier. To
 * add a layout, write its class here and name it in {@link io.graft.modifiers.quantization.stored.StoredLayouts}.
 *
 * <p>Start reading at {@link io.graft.modifiers.quantization.stored.StoredLayout}.
 */
package io.graft.modifiers.quantization.stored;
