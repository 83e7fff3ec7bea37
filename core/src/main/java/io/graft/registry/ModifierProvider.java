package io.graft.registry;

import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;

/**
 * A modifier that {@link java.util.ServiceLoader} finds. Generated for each {@code @Modifier} class; nobody writes
 * one by hand.
 */
public interface ModifierProvider {
    /**
     * The level of this API that the provider was generated for; a literal, compared before anything else is called.
     */
    int apiLevel();

    /** What the modifier is; calling it does not load the modifier's class. */
    ModifierDescriptor descriptor();

    /** Binds one entry of the configuration's list and makes the modifier. Only here is the modifier's class loaded. */
    Bound<ModelModifier> bind(ConfigCursor entry);
}
