package io.graft.modifiers.lora.config;

import io.graft.lora.dialect.AdapterSettings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code trainable_token_indices}: which rows of which embeddings were trained.
 *
 * @param byModule rows by the dotted end of the embedding's name; by the empty text, where the file gives one list for the embedding of
 *     the model's inputs
 */
public record TokenIndices(Map<String, List<Long>> byModule) {
    public static final String KEY = "trainable_token_indices";

    static TokenIndices of(AdapterSettings settings) {
        if (!settings.isOn(KEY)) {
            return new TokenIndices(Map.of());
        }
        Map<String, List<Long>> byModule = new LinkedHashMap<>();
        if (settings.get(KEY) instanceof Map<?, ?> map) {
            map.forEach((module, rows) -> byModule.put((String) module, rows(rows, settings)));
        } else {
            byModule.put("", rows(settings.get(KEY), settings));
        }
        return new TokenIndices(byModule);
    }

    private static List<Long> rows(Object value, AdapterSettings settings) {
        boolean distinct = value instanceof List<?> list
                && list.stream().allMatch(row -> row instanceof Long number && number >= 0)
                && list.stream().distinct().count() == list.size();
        if (!distinct) {
            throw settings.wrong(KEY, "a list of rows, each once, or an object of such lists");
        }
        return ((List<?>) value).stream().map(Long.class::cast).toList();
    }

    /** The rows of an embedding; empty if the configuration does not tell. */
    public Optional<List<Long>> of(String module) {
        return byModule.entrySet().stream()
                .filter(entry -> isNameOf(entry.getKey(), module))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The embeddings that are named, and are none of those whose rows were trained. */
    public List<String> unmatched(Collection<String> trained) {
        return byModule.keySet().stream()
                .filter(name -> trained.stream().noneMatch(module -> isNameOf(name, module)))
                .toList();
    }

    /** Whether a name of the configuration is that of an embedding. */
    public static boolean isNameOf(String name, String module) {
        return name.isEmpty() || module.equals(name) || module.endsWith("." + name);
    }
}
