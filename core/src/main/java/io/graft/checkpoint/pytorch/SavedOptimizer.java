package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.TensorEntry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an optimizer of PyTorch remembered when it was saved.
 *
 * @param name the keys that lead to it, joined by dots: {@code optimizer_states}
 * @param isNamed whether the file tells the names of parameters; if not, they are numbered, in the order in which the optimizer was given
 *     them
 * @param groups the parameters of each group, by name or by number
 * @param states what is remembered of each parameter that has made a step
 */
public record SavedOptimizer(String name, boolean isNamed, List<List<String>> groups, Map<String, State> states) {
    /**
     * Of one parameter.
     *
     * @param steps how many it has made; empty if the optimizer does not count them
     * @param arrays by PyTorch's names for them: {@code exp_avg}
     */
    public record State(Optional<Long> steps, Map<String, TensorEntry> arrays) {
        public State {
            arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
        }
    }

    public SavedOptimizer {
        groups = groups.stream().map(List::copyOf).toList();
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
    }
}
