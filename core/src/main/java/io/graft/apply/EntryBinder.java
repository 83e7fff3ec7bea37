package io.graft.apply;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.BoundModifier;

/** Makes the modifier that an entry of a configuration's list stands for. */
interface EntryBinder {
    /**
     * @param position of the entry in the list, from 0
     */
    Bound<BoundModifier> bind(int position, ConfigCursor entry);
}
