package io.graft.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which tensors of a model are one tensor under several names, by the names that the model target gives them. */
record Ties(Map<String, Set<String>> groups) {
    static Ties of(Collection<DraftTensor> tensors) {
        Map<Object, Set<String>> byStorage = new HashMap<>();
        for (DraftTensor tensor : tensors) {
            tensor.base()
                    .storage()
                    .ifPresent(storage -> byStorage
                            .computeIfAbsent(storage, unused -> new LinkedHashSet<>())
                            .add(tensor.origin()));
        }
        Map<String, Set<String>> groups = new HashMap<>();
        byStorage.values().stream()
                .filter(names -> names.size() > 1)
                .forEach(names -> names.forEach(name -> groups.put(name, names)));
        return new Ties(groups);
    }

    /** The other names of the tensor. */
    Set<String> to(String origin) {
        Set<String> others = new LinkedHashSet<>(groups.getOrDefault(origin, Set.of()));
        others.remove(origin);
        return others;
    }
}
