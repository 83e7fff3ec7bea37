package io.graft.training.checkpoint;

import io.graft.checkpoint.TensorEntry;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of the saved state of an optimizer fits the parameters of a model.
 *
 * @param states by the names that the model has, too
 */
record StateFit(Map<String, SavedStates.State> states, Resumption told) {
    /**
     * @param slots that the optimizer keeps for a parameter
     * @throws io.graft.GraftException if what was saved is of another optimizer, of other shapes or types, or of no parameter of the model
     */
    static StateFit of(SavedStates saved, Map<String, OptimizedParameter> parameters, List<String> slots) {
        Map<String, SavedStates.State> byName = saved.byName(parameters);
        if (!saved.slots().equals(Set.copyOf(slots)) && !(saved.slots().isEmpty() && byName.isEmpty())) {
            throw SavedStates.mismatch(
                    "the saved optimizer remembers " + shown(saved.slots()) + ", and this one " + shown(slots),
                    "take the optimizer that it was saved with");
        }
        Map<String, SavedStates.State> states = new LinkedHashMap<>();
        List<String> leftOut = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        byName.forEach((name, state) -> {
            if (parameters.containsKey(name)) {
                states.put(name, state);
                check(name, parameters.get(name), slots, state.arrays(), problems);
            } else {
                leftOut.add(name);
            }
        });
        if (states.isEmpty()) {
            leftOut.forEach(name -> problems.add("`" + name + "` is no parameter of the model"));
        }
        if (!problems.isEmpty()) {
            throw SavedStates.mismatch(
                    "the saved optimizer does not fit the model: " + FirstFew.of(problems, 3),
                    "take the model that it was saved with, or begin anew with the strategy `weights-only`");
        }
        List<String> anew = parameters.keySet().stream()
                .filter(name -> parameters.get(name).isTrained() && !states.containsKey(name))
                .toList();
        // An optimizer that keeps nothing has nothing to begin anew with.
        return new StateFit(
                states, new Resumption(List.copyOf(states.keySet()), slots.isEmpty() ? List.of() : anew, leftOut));
    }

    private static void check(
            String name,
            OptimizedParameter parameter,
            List<String> slots,
            Map<String, TensorEntry> stored,
            List<String> problems) {
        for (String slot : slots) {
            TensorEntry entry = stored.get(slot);
            String array = "`" + slot + "." + name + "` is ";
            if (entry == null) {
                problems.add(array + "missing");
            } else if (!entry.shape().equals(parameter.shape())) {
                problems.add(array + entry.shape() + ", and the parameter " + parameter.shape());
            } else if (entry.dtype() != parameter.dtype()) {
                problems.add(array + entry.dtype() + ", and the parameter " + parameter.dtype());
            }
        }
    }

    private static String shown(Collection<String> slots) {
        return slots.isEmpty() ? "nothing" : "`" + String.join("`, `", slots) + "`";
    }
}
