/**
 * Renaming: other names for the tensors of a model, by the rules that transfer learning has for those of a checkpoint.
 *
 * <p>Knows the draft only. Start reading at {@link io.graft.modifiers.renaming.RenamingModelModifier}.
 */
package io.graft.modifiers.renaming;
