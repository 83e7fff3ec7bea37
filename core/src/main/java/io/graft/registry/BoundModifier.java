package io.graft.registry;

import io.graft.ModelModifier;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.List;
import java.util.Map;

/**
 * A modifier made from one entry of the configuration's list.
 *
 * @param index position in the list, from 0
 * @param id its id, whatever name the entry uses
 * @param origin name of the jar or folder that it comes from
 * @param options what it works with, defaults included, in the order of its options; secrets are not shown
 * @param described its options as its descriptor tells them; none if it was made in Java
 * @param optional whether the run goes on without it if it fails
 * @param cursor the entry, for later problems
 */
public record BoundModifier(
        int index,
        String id,
        String origin,
        ModelModifier modifier,
        Map<String, Object> options,
        List<OptionDescriptor> described,
        boolean optional,
        ConfigCursor cursor) {
    /** The key of an entry that says so. */
    public static final String OPTIONAL = "optional";

    public BoundModifier {
        described = List.copyOf(described);
    }

    /** One that is not optional, and whose options nobody describes. */
    public BoundModifier(
            int index,
            String id,
            String origin,
            ModelModifier modifier,
            Map<String, Object> options,
            ConfigCursor cursor) {
        this(index, id, origin, modifier, options, List.of(), false, cursor);
    }

    /**
     * Which one it is, for messages: {@code modifier 1 of 2, `freezing`}.
     *
     * @param total how many there are
     */
    public String words(int total) {
        return "modifier " + (index + 1) + " of " + total + ", `" + id + "`";
    }

    /** What the entry gives of the options of a type, those in lists aside. */
    public List<ConfigCursor> given(String type) {
        return described.stream()
                .filter(option -> option.type().equals(type))
                .map(option -> cursor.at(option.key()))
                .filter(ConfigCursor::isPresent)
                .toList();
    }

    /** The same entry, for which another instance of the modifier runs. */
    public BoundModifier with(ModelModifier made) {
        return new BoundModifier(index, id, origin, made, options, described, optional, cursor);
    }

    /**
     * The same, which no entry of the list asks for: its options stand nowhere.
     *
     * @param name what plans and reports call it
     * @param place what asks for it, for later problems
     */
    public BoundModifier askedFor(String name, ConfigCursor place) {
        return new BoundModifier(index, name, origin, modifier, options, List.of(), optional, place);
    }

    /** The same at another position of the list. */
    public BoundModifier at(int position) {
        return new BoundModifier(position, id, origin, modifier, options, described, optional, cursor);
    }
}
