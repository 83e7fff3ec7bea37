package io.graft.modifiers.lora.config;

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

    static NamePatterns of(String key, ConfigFields fields) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, Number> entry : fields.numbers(key).entrySet()) {
            entries.add(new Entry(
                    ModulePattern.suffix(entry.getKey(), key, fields.file()),
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
