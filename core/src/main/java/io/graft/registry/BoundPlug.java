package io.graft.registry;

import io.graft.config.reading.ConfigCursor;
import java.util.Map;

/**
 * What a configuration asks for, made.
 *
 * @param id its id, whatever name the configuration uses
 * @param origin name of the jar or folder that it comes from
 * @param options what it works with, defaults included, in the order of its options; secrets are not shown
 * @param cursor the object that asks for it, for later problems
 */
public record BoundPlug<T>(String id, String origin, T made, Map<String, Object> options, ConfigCursor cursor) {}
