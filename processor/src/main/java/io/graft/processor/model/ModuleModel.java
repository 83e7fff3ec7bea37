package io.graft.processor.model;

import java.util.List;

/**
 * A named module that plugs of one kind are compiled into.
 *
 * @param service what a plug of that kind provides
 * @param provided the provider classes that its descriptor names, in its order
 * @param generated the provider classes of its plugs, in the order of their names
 * @param at its descriptor; nowhere if an earlier compilation made it
 */
public record ModuleModel(String name, String service, List<String> provided, List<String> generated, SourceRef at) {
    public ModuleModel {
        provided = List.copyOf(provided);
        generated = List.copyOf(generated);
    }
}
