package io.graft.registry;

import io.graft.ModelModifier;
import io.graft.config.ConfigCursor;

/**
 * A modifier made from one entry of the configuration's list.
 *
 * @param index position in the list, from 0
 * @param id its id, whatever name the entry uses
 * @param origin name of the jar or folder that it comes from
 * @param cursor the entry, for later problems
 */
public record BoundModifier(int index, String id, String origin, ModelModifier modifier, ConfigCursor cursor) {}
