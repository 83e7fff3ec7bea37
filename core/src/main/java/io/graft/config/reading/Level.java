package io.graft.config.reading;

import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The keys that one object may have, those that it no longer has, and those of the objects below it. */
final class Level {
    private final Map<String, KeyNames> names = new TreeMap<>();
    private final Map<String, String> keyOf = new HashMap<>();
    private final Map<String, String> inside = new TreeMap<>();
    private final Map<String, Gone> gone = new TreeMap<>();
    private final Set<String> included = new HashSet<>();

    /** A key that was removed. */
    record Gone(String key, String since, String reason) {}

    /**
     * Adds a key.
     *
     * @param below the keys of the object that is its value, or of each object in its list
     */
    void add(KeyNames key, Collection<String> below) {
        names.put(key.key(), key);
        key.all().forEach(name -> keyOf.put(name, key.key()));
        below.forEach(name -> inside.putIfAbsent(name, key.key()));
    }

    /** A file of another program, whose keys are these and perhaps more. */
    void include(String file) {
        included.add(file);
    }

    boolean includes(String file) {
        return included.contains(file);
    }

    void remove(Gone key) {
        gone.put(key.key(), key);
    }

    /** The keys, sorted; each by its own name. */
    List<String> keys() {
        return List.copyOf(names.keySet());
    }

    /** Every name that is worth suggesting. */
    List<String> suggestions() {
        List<String> all = new ArrayList<>();
        names.values().stream().flatMap(KeyNames::lasting).forEach(all::add);
        all.addAll(gone.keySet());
        return all;
    }

    /** The key that a name, in kebab-case, stands for. */
    Optional<String> keyOf(String name) {
        return Optional.ofNullable(keyOf.get(name));
    }

    /** The name that differs from a written one in nothing but case and word marks; the key's own for a former one. */
    Optional<String> respelt(String written) {
        return names.values().stream()
                .flatMap(key -> Stream.concat(
                        key.lasting().filter(name -> isRespelt(name, written)),
                        key.former().stream()
                                .filter(former -> isRespelt(former.name(), written))
                                .map(former -> key.key())))
                .findFirst();
    }

    /** The removed key that a person wrote, in whatever spelling. */
    Optional<Gone> gone(String written) {
        return gone.values().stream()
                .filter(key -> isRespelt(key.key(), written))
                .findFirst();
    }

    /** The key whose object has a key of this name. */
    Optional<String> holderOf(String name) {
        return Optional.ofNullable(inside.get(name));
    }

    private static boolean isRespelt(String name, String written) {
        return Spelling.bare(name).equals(Spelling.bare(written));
    }
}
