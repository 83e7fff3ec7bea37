package io.graft.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Usable modifiers by every name that an entry may give: id, alias, class name; the first kind that knows the name
 * decides.
 */
final class ModifierIndex {
    private final Map<String, List<RegisteredModifier>> byId = new TreeMap<>();
    private final Map<String, List<RegisteredModifier>> byAlias = new TreeMap<>();
    private final Map<String, List<RegisteredModifier>> byClass = new TreeMap<>();

    ModifierIndex(List<RegisteredModifier> modifiers) {
        Comparator<RegisteredModifier> order = Comparator.comparing(RegisteredModifier::id)
                .thenComparing(modifier -> modifier.descriptor().className());
        modifiers.stream().sorted(order).forEach(this::add);
    }

    private void add(RegisteredModifier modifier) {
        ModifierDescriptor descriptor = modifier.descriptor();
        put(byId, descriptor.id(), modifier);
        descriptor.aliases().forEach(alias -> put(byAlias, alias, modifier));
        put(byClass, descriptor.className(), modifier);
    }

    private static void put(Map<String, List<RegisteredModifier>> index, String name, RegisteredModifier modifier) {
        index.computeIfAbsent(name, absent -> new ArrayList<>()).add(modifier);
    }

    /** The modifiers that a name could mean; more than one if the name is not unique. */
    List<RegisteredModifier> find(String name) {
        return Stream.of(byId, byAlias, byClass)
                .map(index -> index.getOrDefault(name, List.of()))
                .filter(candidates -> !candidates.isEmpty())
                .findFirst()
                .map(List::copyOf)
                .orElse(List.of());
    }

    /** The modifiers whose id is their own, in the order of their ids. */
    List<RegisteredModifier> unique() {
        return byId.values().stream()
                .filter(sameId -> sameId.size() == 1)
                .flatMap(List::stream)
                .toList();
    }

    /** The groups of modifiers that share an id. */
    List<List<RegisteredModifier>> duplicates() {
        return byId.values().stream()
                .filter(sameId -> sameId.size() > 1)
                .map(List::copyOf)
                .toList();
    }

    /** Every id and alias, for suggestions. */
    List<String> names() {
        return Stream.of(byId, byAlias)
                .flatMap(index -> index.keySet().stream())
                .distinct()
                .sorted()
                .collect(Collectors.toList());
    }
}
