package io.graft.registry;

import io.graft.ModelModifier;
import io.graft.config.reading.ConfigCursor;
import java.util.Map;

/**
 * A modifier made from one entry of the configuration's list.
 *
 * @param index position in the list, from 0
 * @param id its id, whatever name the entry uses
 * @param origin name of the jar or folder that it comes from
 * @param options what it works with, defaults included, in the order of its options; secrets are not shown
 * @param optional whether the run goes on without it if it fails
 * @param cursor the entry, for later problems
 */
public record BoundModifier(
        int index,
        String id,
        String origin,
        ModelModifier modifier,
        Map<String, Object> options,
        boolean optional,
        ConfigCursor cursor) {
    /** The key of an entry that says so. */
    public static final String OPTIONAL = "optional";

    /** An entry that is not optional. */
    public BoundModifier(
            int index,
            String id,
            String origin,
            ModelModifier modifier,
            Map<String, Object> options,
            ConfigCursor cursor) {
        this(index, id, origin, modifier, options, false, cursor);
    }

    /** The same entry, for which another instance of the modifier runs. */
    public BoundModifier with(ModelModifier made) {
        return new BoundModifier(index, id, origin, made, options, optional, cursor);
    }

    /** The same, called otherwise in plans and reports. */
    public BoundModifier called(String name) {
        return new BoundModifier(index, name, origin, modifier, options, optional, cursor);
    }

    /** The same at another position of the list. */
    public BoundModifier at(int position) {
        return new BoundModifier(position, id, origin, modifier, options, optional, cursor);
    }
}
