package io.graft.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Usable modifiers by every name that an entry may give: id, alias, class name; the first kind that knows the name
 * decides. Of a modifier that several class loaders find, the first one is taken.
 */
final class ModifierIndex {
    private final Map<String, List<RegisteredModifier>> byId = new TreeMap<>();
    private final Map<String, List<RegisteredModifier>> byAlias = new TreeMap<>();
    private final Map<String, List<RegisteredModifier>> byClass = new TreeMap<>();
    private final List<ClassTwice> twice = new ArrayList<>();

    /**
     * @param modifiers in the order in which they were found
     */
    ModifierIndex(List<RegisteredModifier> modifiers) {
        Map<List<String>, List<RegisteredModifier>> same = modifiers.stream()
                .collect(Collectors.groupingBy(
                        modifier -> List.of(modifier.id(), modifier.descriptor().className()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        Comparator<RegisteredModifier> order = Comparator.comparing(RegisteredModifier::id)
                .thenComparing(modifier -> modifier.descriptor().className());
        same.values().stream().map(copies -> copies.get(0)).sorted(order).forEach(this::add);
        same.values().stream()
                .filter(copies -> copies.size() > 1)
                .map(copies -> new ClassTwice(
                        copies.get(0).descriptor().className(),
                        copies.stream().map(RegisteredModifier::origin).toList()))
                .forEach(twice::add);
    }

    private void add(RegisteredModifier modifier) {
        PlugDescriptor descriptor = modifier.descriptor();
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

    /** The modifiers that several class loaders find. */
    List<ClassTwice> twice() {
        return List.copyOf(twice);
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
