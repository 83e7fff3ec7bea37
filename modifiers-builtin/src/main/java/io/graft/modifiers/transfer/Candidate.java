package io.graft.modifiers.transfer;

import io.graft.tensor.LazyTensor;
import java.util.List;

/**
 * A tensor of a checkpoint under the name that it would have in the model.
 *
 * @param keys of the entry that it is, or of those that rules make it of
 * @param name after the prefix step and the rules; the model may not have it
 */
record Candidate(List<String> keys, String name, LazyTensor value) {
    Candidate {
        keys = List.copyOf(keys);
    }

    /** Its key; of several, the first. */
    String key() {
        return keys.get(0);
    }
}
