package io.graft.modifiers.lora.options;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Options of single modules.
 *
 * @param rankPattern other ranks for single modules, by regular expressions for the ends of their names
 * @param alphaPattern other alphas for single modules, by the same
 */
public record ModulePatterns(Map<String, Integer> rankPattern, Map<String, Double> alphaPattern) {
    public ModulePatterns {
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    }
}
