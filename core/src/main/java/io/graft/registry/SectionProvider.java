package io.graft.registry;

import io.graft.ConfiguredSection;

/** A section of a configuration: generated for each {@link io.graft.ConfigurationSection} class, and bound to {@code graft.<id>}. */
public interface SectionProvider extends PlugProvider<ConfiguredSection> {}
