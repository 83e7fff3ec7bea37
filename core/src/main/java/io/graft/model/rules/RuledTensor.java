package io.graft.model.rules;

import io.graft.tensor.LazyTensor;
import java.util.List;

/**
 * A tensor as rules leave it.
 *
 * @param value the very one of before, unless it was moved
 * @param keys names, before the rules, of the tensors that it is made of
 * @param isMoved whether it is made of parts of tensors, or its elements are in another order
 */
public record RuledTensor(String name, LazyTensor value, List<String> keys, boolean isMoved) {
    public RuledTensor {
        keys = List.copyOf(keys);
    }

    /** Its name before the rules; of several, the first; its own if it is made of none. */
    public String key() {
        return keys.isEmpty() ? name : keys.get(0);
    }
}
