/**
 * Rename rules that are learned from the names, shapes and order of two state dicts.
 *
 * <p>Knows names and shapes; must not know checkpoints or models. Start reading at {@link
 * io.graft.modifiers.transfer.suggest.LearnedRenames}.
 */
package io.graft.modifiers.transfer.suggest;
