package com.example.pruning;

import io.graft.model.DraftTensor;
import java.util.List;

/** Among which elements the least ones are looked for. */
public enum Scope {
    /** In each tensor for itself. */
    LOCAL,
    /** In all tensors together. */
    GLOBAL;

    /** The tensors that are pruned together. */
    List<List<DraftTensor>> groups(List<DraftTensor> tensors) {
        return this == GLOBAL
                ? List.of(tensors)
                : tensors.stream().map(List::of).toList();
    }
}
