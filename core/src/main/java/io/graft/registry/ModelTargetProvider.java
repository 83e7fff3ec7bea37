package io.graft.registry;

import io.graft.ModelOpener;

/** A kind of model: generated for each {@link io.graft.ModelTarget} class, and bound to the section {@code graft.model}. */
public interface ModelTargetProvider extends PlugProvider<ModelOpener> {}
