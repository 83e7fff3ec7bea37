package io.graft.registry;

import io.graft.config.ConfigCursor;
import io.graft.config.Redaction;
import io.graft.config.hocon.Literals;
import io.graft.registry.ModifierDescriptor.OptionDescriptor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a modifier works with: what its entry gives, under the keys of today, and the defaults of what it does not give. Values are
 * as the file has them; secrets are not shown.
 */
final class EffectiveOptions {
    private static final String HIDDEN = "***";

    private final Map<String, Object> given;
    private final Redaction redaction;

    private EffectiveOptions(Map<String, Object> given, Redaction redaction) {
        this.given = given;
        this.redaction = redaction;
    }

    /**
     * @param entry an object that was bound
     * @param options in the order in which they are told; dotted keys are those of nested records
     */
    static Map<String, Object> of(ConfigCursor entry, List<OptionDescriptor> options) {
        EffectiveOptions found = new EffectiveOptions(keys(entry.unwrapped()), Redaction.of(entry));
        Map<String, Object> effective = new LinkedHashMap<>();
        for (OptionDescriptor option : options) {
            boolean isNested = options.stream().anyMatch(other -> other.key().startsWith(option.key() + "."));
            if (!isNested) {
                found.add(option, effective);
            }
        }
        found.addOthers(options, effective);
        return Collections.unmodifiableMap(effective);
    }

    /** What a provider that was written by hand reads without a word in its descriptor. */
    private void addOthers(List<OptionDescriptor> options, Map<String, Object> effective) {
        Set<String> known = options.stream()
                .flatMap(option -> names(option, option.key().split("\\.")[0]))
                .flatMap(EffectiveOptions::spellings)
                .collect(Collectors.toSet());
        given.keySet().stream()
                .filter(key -> !known.contains(key) && !EntryName.KEYS.contains(key))
                .sorted()
                .forEach(key -> effective.put(key, shown(given.get(key))));
    }

    private static Stream<String> names(OptionDescriptor option, String key) {
        return Stream.of(Stream.of(key), option.aliases().stream(), option.formerKeys().stream())
                .flatMap(names -> names);
    }

    private void add(OptionDescriptor option, Map<String, Object> effective) {
        List<String> path = List.of(option.key().split("\\."));
        Map<String, Object> holder = given;
        Map<String, Object> target = effective;
        for (String parent : path.subList(0, path.size() - 1)) {
            if (!(find(holder, Stream.of(parent)).orElse(null) instanceof Map<?, ?> nested)) {
                return;
            }
            holder = keys(nested);
            target = keys(target.computeIfAbsent(parent, key -> new LinkedHashMap<String, Object>()));
        }
        String key = path.get(path.size() - 1);
        Optional<Object> value = find(holder, names(option, key));
        if (value.isEmpty() && !option.defaultValue().isEmpty()) {
            value = Optional.of(Literals.parse(option.defaultValue()).unwrapped());
        }
        Map<String, Object> place = target;
        value.ifPresent(known -> place.put(key, option.secret() ? HIDDEN : shown(known)));
    }

    /** Both are one key. */
    private static Stream<String> spellings(String name) {
        return Stream.of(name, name.replace('-', '_'));
    }

    private static Optional<Object> find(Map<String, Object> holder, Stream<String> names) {
        return names.flatMap(EffectiveOptions::spellings)
                .flatMap(name -> Stream.ofNullable(holder.get(name)))
                .findFirst();
    }

    private Object shown(Object value) {
        if (value instanceof String text) {
            return redaction.text(text);
        } else if (value instanceof List<?> list) {
            return list.stream().map(this::shown).toList();
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> shown = new LinkedHashMap<>();
            map.keySet().stream()
                    .map(String::valueOf)
                    .sorted()
                    .forEach(key ->
                            Optional.<Object>ofNullable(map.get(key)).ifPresent(inner -> shown.put(key, shown(inner))));
            return Collections.unmodifiableMap(shown);
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> keys(Object object) {
        return (Map<String, Object>) object;
    }
}
