package io.graft.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds tensors that have several names. */
final class Ties {
    private Ties() {}

    static List<List<String>> among(Collection<TensorEntry> entries) {
        Map<Object, List<String>> groups = new LinkedHashMap<>();
        for (TensorEntry entry : entries) {
            entry.storage()
                    .ifPresent(storage -> groups.computeIfAbsent(storage, first -> new ArrayList<>(1))
                            .add(entry.name()));
        }
        return groups.values().stream().filter(names -> names.size() > 1).toList();
    }
}
