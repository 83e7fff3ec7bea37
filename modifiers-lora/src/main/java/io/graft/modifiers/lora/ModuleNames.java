package io.graft.modifiers.lora;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Modules that a configuration names.
 *
 * @param key the configuration's key
 */
record ModuleNames(String key, List<Entry> entries) {
    private static final String ALL_LINEAR = "all-linear";

    /** A name, and which modules it stands for. */
    record Entry(String text, Predicate<String> matcher) {}

    /** {@code target_modules}: one regular expression, or names and dotted ends of names. */
    static Optional<ModuleNames> targets(ConfigFields fields) {
        String key = "target_modules";
        if (!fields.isOn(key) || ALL_LINEAR.equals(fields.get(key))) {
            return Optional.empty();
        }
        if (fields.get(key) instanceof String expression) {
            ModulePattern pattern = ModulePattern.whole(expression, key, fields.file());
            return Optional.of(new ModuleNames(key, List.of(new Entry(expression, pattern::matches))));
        }
        return Optional.of(suffixes(key, fields));
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

    boolean contain(String module) {
        return entries.stream().anyMatch(entry -> entry.matcher().test(module));
    }

    /** The entries that stand for none of the modules. */
    List<String> unmatched(Collection<String> modules) {
        return entries.stream()
                .filter(entry -> modules.stream().noneMatch(entry.matcher()))
                .map(Entry::text)
                .toList();
    }
}
