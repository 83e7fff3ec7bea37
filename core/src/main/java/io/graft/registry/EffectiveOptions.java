package io.graft.registry;

import io.graft.config.hocon.Literals;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Redaction;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a plug works with: what its object gives, under the keys of today, and the defaults of what it does not give; in nested
 * records too, be they in lists and maps. Values are as the file has them; secrets are not shown.
 */
final class EffectiveOptions {
    private static final String HIDDEN = "***";
    private static final String CONDITION = "if ";
    private static final Set<String> SCALARS = Set.of("boolean", "integer", "number");

    /** By the key of what holds them and a dot; empty for those of the entry itself. */
    private final Map<String, List<OptionDescriptor>> byHolder;

    private final Redaction redaction;

    private EffectiveOptions(List<OptionDescriptor> options, Redaction redaction) {
        this.byHolder = options.stream()
                .collect(Collectors.groupingBy(
                        option -> option.key().substring(0, option.key().lastIndexOf('.') + 1)));
        this.redaction = redaction;
    }

    /**
     * @param entry an object that was bound
     * @param options in the order in which they are told; dotted keys are those of nested records
     * @param namingKeys keys that are no options
     */
    static Map<String, Object> of(ConfigCursor entry, List<OptionDescriptor> options, Set<String> namingKeys) {
        EffectiveOptions told = new EffectiveOptions(options, Redaction.of(entry));
        Map<String, Object> given = keys(entry.unwrapped());
        Map<String, Object> effective = told.object("", List.of(), given);
        told.addOthers(given, effective, namingKeys);
        return Collections.unmodifiableMap(effective);
    }

    /** What a provider that was written by hand reads without a word in its descriptor. */
    private void addOthers(Map<String, Object> given, Map<String, Object> effective, Set<String> namingKeys) {
        Set<String> known = byHolder.getOrDefault("", List.of()).stream()
                .flatMap(option -> names(option, option.key()))
                .flatMap(EffectiveOptions::spellings)
                .collect(Collectors.toSet());
        given.keySet().stream()
                .filter(key -> !known.contains(key) && !namingKeys.contains(key))
                .sorted()
                .forEach(key -> effective.put(key, shown(given.get(key))));
    }

    /**
     * The options of one object.
     *
     * @param holder the key of what holds it and a dot
     * @param conditions those under which the holder itself is an option
     */
    private Map<String, Object> object(String holder, List<String> conditions, Map<String, Object> given) {
        Map<String, Object> effective = new LinkedHashMap<>();
        for (OptionDescriptor option : byHolder.getOrDefault(holder, List.of())) {
            if (applies(conditions(option), conditions, given)) {
                String key = option.key().substring(holder.length());
                find(given, names(option, key))
                        .or(() -> Optional.of(option.defaultValue())
                                .filter(text -> !text.isEmpty())
                                .map(text -> Literals.parse(text).unwrapped()))
                        .ifPresent(value -> effective.put(key, value(option, option.type(), value)));
            }
        }
        return effective;
    }

    private Object value(OptionDescriptor option, String type, Object value) {
        String below = option.key() + ".";
        if (option.secret()) {
            return HIDDEN;
        } else if (value instanceof String text && SCALARS.contains(type)) {
            // what is set from outside the file is text
            return Literals.parse(text).unwrapped();
        } else if (!byHolder.containsKey(below)) {
            return shown(value);
        } else if (value instanceof List<?> list) {
            String element = type.substring(type.indexOf(" of ") + " of ".length());
            return list.stream().map(each -> value(option, element, each)).toList();
        } else if (value instanceof Map<?, ?> map) {
            return type.startsWith("map from ")
                    ? values(map, each -> value(option, type.substring(type.indexOf(" to ") + " to ".length()), each))
                    : Collections.unmodifiableMap(object(below, conditions(option), keys(map)));
        }
        return shown(value);
    }

    /** An option of an object that is one of several kinds begins its constraints with {@code if KEY = KIND}. */
    private static List<String> conditions(OptionDescriptor option) {
        return option.constraints().stream()
                .takeWhile(constraint -> constraint.startsWith(CONDITION))
                .toList();
    }

    private static boolean applies(List<String> conditions, List<String> holder, Map<String, Object> given) {
        return conditions.size() >= holder.size()
                && conditions.subList(0, holder.size()).equals(holder)
                && conditions.stream().skip(holder.size()).allMatch(condition -> {
                    String[] sides = condition.substring(CONDITION.length()).split(" = ", 2);
                    return find(given, Stream.of(sides[0]))
                            .filter(kind -> kind.toString().equals(sides[1]))
                            .isPresent();
                });
    }

    private static Stream<String> names(OptionDescriptor option, String key) {
        return Stream.of(Stream.of(key), option.aliases().stream(), option.formerKeys().stream())
                .flatMap(names -> names);
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
            return values(map, this::shown);
        }
        return value;
    }

    /** A map of the same keys, sorted. */
    private static Map<String, Object> values(Map<?, ?> map, UnaryOperator<Object> shown) {
        Map<String, Object> values = new TreeMap<>();
        keys(map).forEach((key, value) -> {
            if (value != null) {
                values.put(key, shown.apply(value));
            }
        });
        return Collections.unmodifiableMap(values);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> keys(Object object) {
        return (Map<String, Object>) object;
    }
}
