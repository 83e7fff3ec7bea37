package io.graft.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.reading.ConfigCursor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The options of one modifier, as a test writes them: HOCON without the key that selects the modifier. A dotted key names a key
 * of nested objects, of each of them where they are the elements of a list or the values of a map.
 */
record OptionsText(ConfigObject object) {
    private static final Set<String> SELECTING = Set.of("type", "_target_");

    static OptionsText parse(String hocon) {
        ConfigParseOptions options = ConfigParseOptions.defaults().setOriginDescription("options");
        try {
            return new OptionsText(
                    ConfigFactory.parseString(hocon, options).resolve().root());
        } catch (ConfigException unreadable) {
            throw new AssertionError("the options are no HOCON: " + unreadable.getMessage(), unreadable);
        }
    }

    /** The entry that a configuration would have in its list. */
    ConfigCursor entry(String modifier) {
        Config entry = object.toConfig();
        boolean selected = SELECTING.stream().anyMatch(object::containsKey);
        return ConfigCursor.of(
                selected ? entry : entry.withValue("type", ConfigValueFactory.fromAnyRef(modifier, "options")));
    }

    /** The options alone. */
    ConfigCursor cursor() {
        ConfigObject options = object;
        for (String key : SELECTING) {
            options = options.withoutKey(key);
        }
        return ConfigCursor.of(options.toConfig());
    }

    /** The keys at the top, in kebab-case. */
    Set<String> keys() {
        return object.keySet().stream()
                .filter(key -> !SELECTING.contains(key))
                .map(key -> key.replace('_', '-'))
                .collect(Collectors.toSet());
    }

    boolean has(String dottedKey) {
        return has(object, List.of(dottedKey.split("\\.")));
    }

    OptionsText without(String dottedKey) {
        return new OptionsText((ConfigObject) without(object, List.of(dottedKey.split("\\."))));
    }

    private static boolean has(ConfigValue value, List<String> steps) {
        if (steps.isEmpty()) {
            return true;
        }
        if (value instanceof ConfigList list) {
            return list.stream().anyMatch(element -> has(element, steps));
        }
        return value instanceof ConfigObject inner
                && spelling(inner, steps.get(0))
                        .filter(key -> hasInside(inner.get(key), steps.subList(1, steps.size())))
                        .isPresent();
    }

    /** In the object, or in any of those that it has by keys which are data. */
    private static boolean hasInside(ConfigValue value, List<String> steps) {
        return has(value, steps)
                || (value instanceof ConfigObject inner
                        && inner.values().stream()
                                .anyMatch(element -> element instanceof ConfigObject && has(element, steps)));
    }

    private static ConfigValue without(ConfigValue value, List<String> steps) {
        if (value instanceof ConfigList list) {
            return ConfigValueFactory.fromIterable(
                    list.stream().map(element -> without(element, steps)).toList());
        }
        if (!(value instanceof ConfigObject inner)) {
            return value;
        }
        Optional<String> key = spelling(inner, steps.get(0));
        if (key.isEmpty()) {
            return value;
        }
        return steps.size() == 1
                ? inner.withoutKey(key.get())
                : inner.withValue(key.get(), withoutInside(inner.get(key.get()), steps.subList(1, steps.size())));
    }

    private static ConfigValue withoutInside(ConfigValue value, List<String> steps) {
        if (!(value instanceof ConfigObject inner) || has(value, steps)) {
            return without(value, steps);
        }
        ConfigObject each = inner;
        for (String key : inner.keySet()) {
            each = each.withValue(key, without(inner.get(key), steps));
        }
        return each;
    }

    private static Optional<String> spelling(ConfigObject object, String key) {
        String snake = key.replace('-', '_');
        return object.containsKey(key) ? Optional.of(key) : Optional.of(snake).filter(object::containsKey);
    }
}
