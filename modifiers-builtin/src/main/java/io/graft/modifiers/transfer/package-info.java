/**
 * Transfer learning: weights of another checkpoint for the tensors of a model that they fit.
 *
 * <p>Knows the draft, and checkpoints by their headers. The way of the names: a checkpoint's keys lose or get a prefix, rename
 * rules apply to the result, and what comes out is looked up in the model. Start reading at
 * {@link io.graft.modifiers.transfer.TransferLearningModelModifier}.
 */
package io.graft.modifiers.transfer;
