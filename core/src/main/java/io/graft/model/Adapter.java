package io.graft.model;

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
    public Adapter {
        byTensor = Collections.unmodifiableMap(new LinkedHashMap<>(byTensor));
    }

    /** Whether it changes anything. */
    public boolean isActive() {
        return weight != 0;
    }
}
