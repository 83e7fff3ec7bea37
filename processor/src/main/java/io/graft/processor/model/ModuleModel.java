package io.graft.processor.model;

import java.util.List;

/**
 * A named module that modifiers are compiled into.
 *
 * @param provided the provider classes that its descriptor names, in its order
 * @param generated the provider classes of its modifiers, in the order of their names
 * @param at its descriptor; nowhere if an earlier compilation made it
 */
public record ModuleModel(String name, List<String> provided, List<String> generated, SourceRef at) {
    public ModuleModel {
        provided = List.copyOf(provided);
        generated = List.copyOf(generated);
    }
}
