package io.graft.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Values for single modules, by expressions for the ends of their names: PEFT's {@code rank_pattern}, settings of single layers.
 *
 * @param key the configuration's key
 */
public record NamePatterns<T>(String key, List<Entry<T>> entries) {
    /** A pattern and its value. */
    public record Entry<T>(ModulePattern pattern, T value) {}

    /**
     * Those of a configuration at a location.
     *
     * @throws io.graft.checkpoint.CheckpointException if one is no regular expression
     */
    public static <T> NamePatterns<T> of(String key, Map<String, T> values, String location) {
        List<Entry<T>> entries = new ArrayList<>();
        values.forEach((text, value) -> entries.add(new Entry<>(ModulePattern.suffix(text, key, location), value)));
        return new NamePatterns<>(key, List.copyOf(entries));
    }

    /** The distinct values that patterns give a module, in the file's order. */
    public List<T> valuesOf(String module) {
        return entries.stream()
                .filter(entry -> entry.pattern().matches(module))
                .map(Entry::value)
                .distinct()
                .toList();
    }
}
