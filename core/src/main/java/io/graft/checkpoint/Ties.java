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
        Map<ByteRange, List<List<TensorEntry>>> groups = new LinkedHashMap<>();
        for (TensorEntry entry : entries) {
            List<List<TensorEntry>> sameBytes = groups.computeIfAbsent(entry.range(), range -> new ArrayList<>(1));
            sameBytes.stream()
                    .filter(group -> group.get(0).isTiedTo(entry))
                    .findFirst()
                    .ifPresentOrElse(group -> group.add(entry), () -> sameBytes.add(new ArrayList<>(List.of(entry))));
        }
        return groups.values().stream()
                .flatMap(List::stream)
                .filter(group -> group.size() > 1)
                .map(group -> group.stream().map(TensorEntry::name).toList())
                .toList();
    }
}
