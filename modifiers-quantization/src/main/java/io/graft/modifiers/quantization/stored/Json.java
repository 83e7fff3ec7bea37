package io.graft.modifiers.quantization.stored;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Values as they are written into a {@code config.json}, where they stand one step in. */
final class Json {
    private Json() {}

    /** A text. */
    static String text(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** A list of texts, a line each. */
    static String texts(List<String> texts) {
        return texts.isEmpty()
                ? "[]"
                : texts.stream().map(Json::text).collect(Collectors.joining(",\n      ", "[\n      ", "\n    ]"));
    }

    /** An object of values, sorted by key. */
    static String object(Map<String, String> values, Map<String, String> others) {
        Map<String, String> sorted = new TreeMap<>(values);
        sorted.putAll(others);
        return sorted.entrySet().stream()
                .map(entry -> text(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(",\n    ", "{\n    ", "\n  }"));
    }
}
