package io.graft.processor.model;

import io.graft.registry.PlugKind;

/**
 * A class that a configuration could name if it had the annotation of its kind.
 *
 * @param kind what it is by what it implements
 */
public record UnmarkedPlug(PlugKind<?> kind, Declaration declaration) {}
