package io.graft.registry;

import io.graft.ModelModifier;

/** A modifier: generated for each {@link io.graft.Modifier} class, and bound to one entry of the list of modifiers. */
public interface ModifierProvider extends PlugProvider<ModelModifier> {}
