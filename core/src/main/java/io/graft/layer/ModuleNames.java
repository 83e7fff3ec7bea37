package io.graft.layer;

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
    /** A name, and which modules it stands for. */
    public record Entry(String text, Predicate<String> matcher) {}

    /**
     * PEFT's {@code target_modules}: one regular expression for whole names, or names and dotted ends of names.
     *
     * @param location where the configuration is, for messages
     * @throws io.graft.checkpoint.CheckpointException if the expression is none
     */
    public static ModuleNames of(String key, Names names, String location) {
        if (names.isExpression()) {
            String expression = names.texts().get(0);
            ModulePattern pattern = ModulePattern.whole(expression, key, location);
            return new ModuleNames(key, List.of(new Entry(expression, pattern::matches)));
        }
        return new ModuleNames(
                key,
                names.texts().stream()
                        .map(name -> new Entry(name, module -> module.equals(name) || module.endsWith("." + name)))
                        .toList());
    }

    /** PEFT's {@code modules_to_save}: names, which stand for what is under them too. */
    public static ModuleNames withAllUnder(String key, List<String> names) {
        return new ModuleNames(
                key,
                names.stream()
                        .map(name -> new Entry(name, module -> ("." + module + ".").contains("." + name + ".")))
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
