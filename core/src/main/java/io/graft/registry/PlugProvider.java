package io.graft.registry;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;

/**
 * What a jar brings under an id, as {@link java.util.ServiceLoader} finds it. Generated for each class with one of the annotations;
 * nobody writes one by hand.
 *
 * @param <T> what a configuration gets of it
 */
public interface PlugProvider<T> {
    /**
     * The level of this API that the provider was generated for; a literal, compared before anything else is called.
     */
    int apiLevel();

    /** What it is; calling it does not load the class that it stands for. */
    PlugDescriptor descriptor();

    /** Binds an object of a configuration and makes what it asks for. Only here is the class loaded that does so. */
    Bound<T> bind(ConfigCursor object);
}
