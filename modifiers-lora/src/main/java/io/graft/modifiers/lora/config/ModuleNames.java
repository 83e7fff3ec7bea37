package io.graft.modifiers.lora.config;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Modules that a configuration names.
 *
 * @param key the configuration's key
 */
public record ModuleNames(String key, List<Entry> entries) {
    private static final String ALL_LINEAR = "all-linear";

    /** A name, and which modules it stands for. */
    public record Entry(String text, Predicate<String> matcher) {}

    /** {@code target_modules}: one regular expression, or names and dotted ends of names. */
    static Optional<ModuleNames> targets(ConfigFields fields) {
        String key = "target_modules";
        if (!fields.isOn(key) || ALL_LINEAR.equals(fields.get(key))) {
            return Optional.empty();
        }
        return Optional.of(expressionOrSuffixes(key, fields));
    }

    /** {@code exclude_modules}, in the same forms; without entries if it is off. */
    static ModuleNames excluded(ConfigFields fields) {
        return expressionOrSuffixes("exclude_modules", fields);
    }

    private static ModuleNames expressionOrSuffixes(String key, ConfigFields fields) {
        if (fields.isOn(key) && fields.get(key) instanceof String expression) {
            ModulePattern pattern = ModulePattern.whole(expression, key, fields.file());
            return new ModuleNames(key, List.of(new Entry(expression, pattern::matches)));
        }
        return suffixes(key, fields);
    }

    /** {@code modules_to_save}: names, which stand for what is under them too. */
    static ModuleNames saved(ConfigFields fields) {
        String key = "modules_to_save";
        return new ModuleNames(
                key,
                fields.texts(key).stream()
                        .map(name -> new Entry(name, module -> ("." + module + ".").contains("." + name + ".")))
                        .toList());
    }

    private static ModuleNames suffixes(String key, ConfigFields fields) {
        return new ModuleNames(
                key,
                fields.texts(key).stream()
                        .map(name -> new Entry(name, module -> module.equals(name) || module.endsWith("." + name)))
                        .toList());
    }

    public boolean contain(String module) {
        return entries.stream().anyMatch(entry -> entry.matcher().test(module));
    }

    /** The entries that stand for none of the modules. */
    public List<String> unmatched(Collection<String> modules) {
        return entries.stream()
                .filter(entry -> modules.stream().noneMatch(entry.matcher()))
                .map(Entry::text)
                .toList();
    }
}
