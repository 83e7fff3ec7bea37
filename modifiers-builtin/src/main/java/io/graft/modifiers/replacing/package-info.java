/**
 * Replacing: other modules in the place of those that a model has, and new ones.
 *
 * <p>Knows the draft only. Start reading at {@link io.graft.modifiers.replacing.ReplaceModuleModelModifier}.
 */
package io.graft.modifiers.replacing;
