/**
 * The arithmetic that gives weights fewer bits: how a weight is cut into groups, what scales they have, what codes the values become
 * and how far those are from the values. Knows tensors; must not know a file, a layout or a modifier. To add a scheme, write its class
 * here.
 *
 * <p>Start reading at {@link io.graft.modifiers.quantization.scheme.Scheme}.
 */
package io.graft.modifiers.quantization.scheme;
