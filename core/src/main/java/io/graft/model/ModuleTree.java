package io.graft.model;

import java.util.Collection;
import java.util.List;

/** The tree of modules and tensors that dotted names span, with every spelling of each segment. */
public final class ModuleTree {
    private ModuleTree() {}

    static ModuleTree of(List<ModuleSpec> declared, Collection<DraftTensor> tensors) {
        throw new IllegalStateException("not written yet: " + declared + tensors);
    }
}
