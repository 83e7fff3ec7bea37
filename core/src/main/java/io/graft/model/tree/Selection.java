package io.graft.model.tree;

import java.util.List;

/**
 * What a selector selects.
 *
 * @param modules canonical paths of the modules that it names itself, in order
 * @param tensors canonical names of every selected tensor, under those modules or named itself, in state-dict order
 */
public record Selection(List<String> modules, List<String> tensors) {
    public Selection {
        modules = List.copyOf(modules);
        tensors = List.copyOf(tensors);
    }

    /** Whether the selector names nothing that exists. */
    public boolean isEmpty() {
        return modules.isEmpty() && tensors.isEmpty();
    }
}
