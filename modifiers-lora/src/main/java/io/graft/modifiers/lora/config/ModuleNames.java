package io.graft.modifiers.lora.config;

import io.graft.lora.dialect.AdapterSettings;
import io.graft.modifiers.lora.pattern.ModulePattern;
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
    public static Optional<ModuleNames> targets(AdapterSettings settings) {
        String key = "target_modules";
        if (!settings.isOn(key) || ALL_LINEAR.equals(settings.get(key))) {
            return Optional.empty();
        }
        return Optional.of(expressionOrSuffixes(key, settings));
    }

    /** {@code exclude_modules}, in the same forms; without entries if it is off. */
    static ModuleNames excluded(AdapterSettings settings) {
        return expressionOrSuffixes("exclude_modules", settings);
    }

    /** The modules of another key, in the same forms; without entries if it is off. */
    public static ModuleNames modules(String key, AdapterSettings settings) {
        return expressionOrSuffixes(key, settings);
    }

    private static ModuleNames expressionOrSuffixes(String key, AdapterSettings settings) {
        if (settings.isOn(key) && settings.get(key) instanceof String expression) {
            ModulePattern pattern = ModulePattern.whole(expression, key, settings.location());
            return new ModuleNames(key, List.of(new Entry(expression, pattern::matches)));
        }
        return suffixes(key, settings);
    }

    /** {@code modules_to_save}: names, which stand for what is under them too. */
    public static ModuleNames saved(AdapterSettings settings) {
        String key = "modules_to_save";
        return new ModuleNames(
                key,
                settings.texts(key).stream()
                        .map(name -> new Entry(name, module -> ("." + module + ".").contains("." + name + ".")))
                        .toList());
    }

    private static ModuleNames suffixes(String key, AdapterSettings settings) {
        return new ModuleNames(
                key,
                settings.texts(key).stream()
                        .map(name -> new Entry(name, module -> module.equals(name) || module.endsWith("." + name)))
                        .toList());
    }

    /** The first entry that stands for a module. */
    public Optional<Entry> entryOf(String module) {
        return entries.stream().filter(entry -> entry.matcher().test(module)).findFirst();
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
