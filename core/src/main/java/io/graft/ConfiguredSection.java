package io.graft;

/**
 * What a configuration says in a section that a jar brings, see {@link ConfigurationSection}. Whoever has the jar asks a run for it, {@link
 * io.graft.apply.FileRun#section}; nothing is done with it otherwise.
 */
public interface ConfiguredSection {}
