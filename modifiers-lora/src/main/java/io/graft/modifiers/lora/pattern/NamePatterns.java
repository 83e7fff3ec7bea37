package io.graft.modifiers.lora.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Numbers for single modules: {@code rank_pattern} or {@code alpha_pattern}.
 *
 * @param key the configuration's key
 */
public record NamePatterns(String key, List<Entry> entries) {
    /** A pattern and its number. */
    public record Entry(ModulePattern pattern, double value) {}

    /** Those of a configuration at a location. */
    public static NamePatterns of(String key, Map<String, Number> numbers, String location) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Number> entry : numbers.entrySet()) {
            entries.add(new Entry(
                    ModulePattern.suffix(entry.getKey(), key, location),
                    entry.getValue().doubleValue()));
        }
        return new NamePatterns(key, List.copyOf(entries));
    }

    /** The distinct numbers that patterns give a module, in the file's order. */
    public List<Double> valuesOf(String module) {
        return entries.stream()
                .filter(entry -> entry.pattern().matches(module))
                .map(Entry::value)
                .distinct()
                .toList();
    }
}
