/**
 * Magnitude pruning of a model's weights.
 *
 * <p>Knows the draft and the bytes of tensors; no file, no engine. Start reading at {@link
 * com.example.pruning.PruningModelModifier}.
 */
package com.example.pruning;
