package io.graft.model.parametrization;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The adapter parametrizations of one name, which are saved, loaded and switched together.
 *
 * @param name a word: {@code default}
 * @param weight how much it counts; 0 if it is not active
 * @param byTensor its parametrizations by the tensor that they stand on, in the order of the state dict
 */
public record Adapter(String name, double weight, Map<String, Applied> byTensor) {
    /** What rows of a batch that have no adapter name in the place of one; no adapter can be called so. */
    public static final String BASE = "__base__";

    public Adapter {
        byTensor = Collections.unmodifiableMap(new LinkedHashMap<>(byTensor));
    }

    /** Whether it changes anything. */
    public boolean isActive() {
        return weight != 0;
    }
}
