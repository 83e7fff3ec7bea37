package io.graft.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Usable plugs of one kind by every name that an entry may give: id, alias, class name; the first kind that knows the name
 * decides. Of one that several class loaders find, the first one is taken.
 */
final class PlugIndex<T> {
    private final Map<String, List<RegisteredPlug<T>>> byId = new TreeMap<>();
    private final Map<String, List<RegisteredPlug<T>>> byAlias = new TreeMap<>();
    private final Map<String, List<RegisteredPlug<T>>> byClass = new TreeMap<>();
    private final List<ClassTwice> twice = new ArrayList<>();

    /**
     * @param plugs in the order in which they were found
     */
    PlugIndex(List<RegisteredPlug<T>> plugs) {
        Map<List<String>, List<RegisteredPlug<T>>> same = plugs.stream()
                .collect(Collectors.groupingBy(
                        plug -> List.of(plug.id(), plug.descriptor().className()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        same.values().stream()
                .map(copies -> copies.get(0))
                .sorted(PlugIndex::compare)
                .forEach(this::add);
        same.values().stream()
                .filter(copies -> copies.size() > 1)
                .map(copies -> new ClassTwice(
                        copies.get(0).descriptor().className(),
                        copies.stream().map(RegisteredPlug::origin).toList()))
                .forEach(twice::add);
    }

    /** A comparator of the JDK's making is made anew at every start: it can be serialized, and such code is not kept for the next. */
    private static int compare(RegisteredPlug<?> one, RegisteredPlug<?> other) {
        int byId = one.id().compareTo(other.id());
        return byId == 0
                ? one.descriptor().className().compareTo(other.descriptor().className())
                : byId;
    }

    private void add(RegisteredPlug<T> plug) {
        PlugDescriptor descriptor = plug.descriptor();
        put(byId, descriptor.id(), plug);
        descriptor.aliases().forEach(alias -> put(byAlias, alias, plug));
        put(byClass, descriptor.className(), plug);
    }

    private static <T> void put(Map<String, List<RegisteredPlug<T>>> index, String name, RegisteredPlug<T> plug) {
        index.computeIfAbsent(name, absent -> new ArrayList<>()).add(plug);
    }

    /** The plugs that a name could mean; more than one if the name is not unique. */
    List<RegisteredPlug<T>> find(String name) {
        return Stream.of(byId, byAlias, byClass)
                .map(index -> index.getOrDefault(name, List.<RegisteredPlug<T>>of()))
                .filter(candidates -> !candidates.isEmpty())
                .findFirst()
                .map(List::copyOf)
                .orElse(List.of());
    }

    /** The plugs whose id is their own, in the order of their ids. */
    List<RegisteredPlug<T>> unique() {
        return byId.values().stream()
                .filter(sameId -> sameId.size() == 1)
                .flatMap(List::stream)
                .toList();
    }

    /** The groups of plugs that share an id. */
    List<List<RegisteredPlug<T>>> duplicates() {
        return byId.values().stream()
                .filter(sameId -> sameId.size() > 1)
                .map(List::copyOf)
                .toList();
    }

    /** The plugs that several class loaders find. */
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
