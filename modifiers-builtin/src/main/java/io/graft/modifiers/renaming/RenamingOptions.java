package io.graft.modifiers.renaming;

import io.graft.config.Default;
import io.graft.model.RenameRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Options of the renaming modifier.
 *
 * @param rename rules that give tensors of the model other names, all at once: each tensor goes by its own name, never by one
 *     that another rule gave, so that two can exchange theirs; an empty list renames nothing and is reported
 * @param strict whether a rule that renames nothing is an error; if not, it is a warning
 */
public record RenamingOptions(
        List<RenameRule> rename, @Default("true") boolean strict) {
    /**
     * @throws IllegalArgumentException if two rules look for the same, since a tensor gets one name
     */
    public RenamingOptions {
        rename = List.copyOf(rename);
        Map<String, Integer> places = new HashMap<>();
        for (int rule = 0; rule < rename.size(); rule++) {
            String from = rename.get(rule).from();
            Integer other = places.putIfAbsent(from, rule);
            if (other != null) {
                throw new IllegalArgumentException("rule #" + (other + 1) + " and rule #" + (rule + 1)
                        + " both rename `" + from + "`, and a tensor of the model has one name");
            }
        }
    }

    RenameRules rules() {
        return new RenameRules(rename.stream().map(RenameRule::rule).toList());
    }
}
