/**
 * Casting: other dtypes for the tensors of a model.
 *
 * <p>Knows the draft only. Start reading at {@link io.graft.modifiers.casting.CastingModelModifier}.
 */
package io.graft.modifiers.casting;
