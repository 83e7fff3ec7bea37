package io.graft.training.checkpoint;

import io.graft.checkpoint.pytorch.SavedOptimizer;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * PyTorch's, whose parameters have numbers: in the order in which the optimizer was given them, which is that of the model's.
 *
 * @param steps those of an optimizer that does not count them
 * @param order the names of the tensors of the model that was saved with it, in its own order
 */
record PytorchStates(SavedOptimizer optimizer, long steps, List<String> order) implements SavedStates {
    private static final String NAME_THEM =
            "give the optimizer names where it is saved, `AdamW(model.named_parameters())`, or begin anew with the strategy `weights-only`";

    @Override
    public Set<String> slots() {
        Set<String> slots = new LinkedHashSet<>();
        optimizer.states().values().forEach(state -> slots.addAll(state.arrays().keySet()));
        return slots;
    }

    @Override
    public Map<String, State> byName(Map<String, OptimizedParameter> parameters) {
        Map<String, String> names = optimizer.isNamed() ? ownNames(parameters.keySet()) : numbered(parameters);
        Map<String, State> states = new LinkedHashMap<>();
        names.forEach((key, name) -> {
            SavedOptimizer.State state = optimizer.states().get(key);
            // An optimizer without momentum, and a parameter that never had a gradient, remember nothing.
            if (state != null && !(state.arrays().isEmpty() && state.steps().isEmpty())) {
                states.put(name, new State(state.steps().orElse(steps), state.arrays()));
            }
        });
        return states;
    }

    private List<String> keys() {
        return optimizer.groups().stream().flatMap(List::stream).toList();
    }

    /** The model's names of those of the file, which may all have a prefix. */
    private Map<String, String> ownNames(Collection<String> wanted) {
        List<String> keys = keys();
        String prefix = prefix(keys, wanted);
        Map<String, String> names = new LinkedHashMap<>();
        keys.forEach(key -> names.put(key, key.startsWith(prefix) ? key.substring(prefix.length()) : key));
        return names;
    }

    /** What the first name of a model's parameter has before it, such as {@code model.}; empty if nothing. */
    private static String prefix(List<String> keys, Collection<String> wanted) {
        for (String key : keys) {
            if (wanted.contains(key)) {
                return "";
            }
        }
        for (String key : keys) {
            for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
                if (wanted.contains(key.substring(dot + 1))) {
                    return key.substring(0, dot + 1);
                }
            }
        }
        return "";
    }

    private Map<String, String> numbered(Map<String, OptimizedParameter> parameters) {
        List<String> keys = keys();
        if (optimizer.groups().size() > 1) {
            throw SavedStates.mismatch(
                    "the saved optimizer numbers its parameters through "
                            + optimizer.groups().size() + " groups, so that it cannot be told which is which",
                    NAME_THEM);
        }
        List<String> all = inOrder(parameters.keySet());
        List<String> trained =
                all.stream().filter(name -> parameters.get(name).isTrained()).toList();
        if (keys.size() != all.size() && keys.size() != trained.size()) {
            throw SavedStates.mismatch(
                    "the saved optimizer has " + keys.size() + " parameters, by number, and the model " + all.size()
                            + (trained.size() == all.size() ? "" : ", of which " + trained.size() + " are trained")
                            + ": " + FirstFew.names(all),
                    "freeze what was frozen then; or " + NAME_THEM);
        }
        List<String> taken = keys.size() == all.size() ? all : trained;
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < taken.size(); i++) {
            names.put(keys.get(i), taken.get(i));
        }
        return names;
    }

    /** The file's order, if it has all of them; the model may have its modules in another one. */
    private List<String> inOrder(Collection<String> wanted) {
        String prefix = prefix(order, wanted);
        List<String> inFile = new ArrayList<>();
        for (String name : order) {
            String own = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            if (wanted.contains(own)) {
                inFile.add(own);
            }
        }
        return inFile.size() == wanted.size() ? inFile : List.copyOf(wanted);
    }
}
