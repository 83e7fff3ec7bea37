package io.graft.checkpoint.layout;

import java.util.List;
import java.util.Set;

/**
 * What a layout found.
 *
 * @param sets in the order of the file
 * @param markers names of stored tensors and keys of the metadata that only describe how the sets are stored, as {@code scaled_fp8}
 *     does: they mean nothing beside the logical tensors
 * @param notes what a person should know, one sentence each
 */
public record Grouping(List<TensorSet> sets, Set<String> markers, List<String> notes) {
    /** Nothing is of the layout. */
    public static final Grouping NONE = new Grouping(List.of());

    public Grouping {
        sets = List.copyOf(sets);
        markers = Set.copyOf(markers);
        notes = List.copyOf(notes);
    }

    /** Sets, and nothing to be said of them. */
    public Grouping(List<TensorSet> sets) {
        this(sets, Set.of(), List.of());
    }
}
