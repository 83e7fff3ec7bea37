package io.graft.modifiers.renaming;

import io.graft.config.Default;
import io.graft.model.rules.Rule;
import io.graft.model.rules.Rules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Options of the renaming modifier.
 *
 * @param rename rules that give tensors of the model other names, {@code { from = encoder, to = enc }}, or another structure,
 *     {@code { type = split, from = qkv, to = [q, k, v] }}; or the name of a table, {@code gemma-3}. Each rule sees what the ones before
 *     it gave, but for renames that stand together: those are applied all at once, so that two tensors can exchange their names. An
 *     empty list renames nothing and is reported
 * @param strict whether a rule that renames nothing is an error; if not, it is a warning
 */
public record RenamingOptions(
        List<Rule> rename, @Default("true") boolean strict) {
    /**
     * @throws IllegalArgumentException if two rules look for the same, since a tensor gets one name
     */
    public RenamingOptions {
        rename = List.copyOf(rename);
        Map<String, Integer> places = new HashMap<>();
        for (int rule = 0; rule < rename.size(); rule++) {
            if (!(rename.get(rule) instanceof Rule.Rename given)) {
                places.clear();
                continue;
            }
            Integer other = places.putIfAbsent(given.from(), rule);
            if (other != null) {
                throw new IllegalArgumentException("rule #" + (other + 1) + " and rule #" + (rule + 1)
                        + " both rename `" + given.from() + "`, and a tensor of the model has one name");
            }
        }
    }

    Rules rules() {
        return new Rules(rename);
    }
}
