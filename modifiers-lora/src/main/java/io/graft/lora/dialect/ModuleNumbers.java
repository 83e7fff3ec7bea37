package io.graft.lora.dialect;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Ranks and alphas of modules as PEFT's configuration tells them: the most frequent ones, and patterns for the others. */
final class ModuleNumbers {
    private ModuleNumbers() {}

    static Map<String, Object> settings(Map<String, Integer> ranks, Map<String, Double> alphas) {
        int rank = mostFrequent(List.copyOf(ranks.values()));
        double alpha = mostFrequent(List.copyOf(alphas.values()));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("r", (long) rank);
        settings.put("lora_alpha", AdapterSettings.plain(alpha));
        settings.put("rank_pattern", pattern(ranks, rank, value -> (long) value));
        settings.put("alpha_pattern", pattern(alphas, alpha, AdapterSettings::plain));
        return settings;
    }

    /** The first of those that are there most often. */
    private static <T> T mostFrequent(List<T> values) {
        Map<T, Long> counts = values.stream()
                .collect(Collectors.groupingBy(value -> value, LinkedHashMap::new, Collectors.counting()));
        long most = counts.values().stream().max(Comparator.naturalOrder()).orElseThrow();
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static <T> Map<String, Object> pattern(Map<String, T> values, T usual, Function<T, Object> shown) {
        Map<String, Object> pattern = new TreeMap<>();
        values.forEach((module, value) -> {
            if (!value.equals(usual)) {
                pattern.put(key(module, values), shown.apply(value));
            }
        });
        return pattern;
    }

    /** PEFT takes a key for an expression that the end of a name has to match; one that others match, too, is bound to the start. */
    private static String key(String module, Map<String, ?> modules) {
        Pattern expression = Pattern.compile("(.*\\.)?(" + module + ")");
        long matched = modules.keySet().stream()
                .filter(name -> expression.matcher(name).matches())
                .limit(2)
                .count();
        return matched == 1 ? module : "^" + module.replace(".", "\\.");
    }
}
