package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.ModuleTree;
import io.graft.model.RenameRules;
import io.graft.model.Selector;
import io.graft.modifiers.names.NameText;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applies rename rules to keys, and reports rules that apply to none. */
final class RenameStep {
    private final List<RenameRule> options;
    private final RenameRules rules;
    private final ModifierContext context;

    RenameStep(List<RenameRule> options, RenameRules rules, ModifierContext context) {
        this.options = options;
        this.rules = rules;
        this.context = context;
    }

    /**
     * @param keys the checkpoint's entries by their keys after the prefix step
     * @return every entry under its own name or under each that the rules give it, in the checkpoint's order
     */
    List<Candidate> apply(Map<String, TensorEntry> keys) {
        List<Candidate> candidates = new ArrayList<>();
        int[] uses = new int[rules.size()];
        keys.forEach((key, entry) -> {
            List<RenameRules.Renamed> renamed = rules.rename(key);
            if (renamed.isEmpty()) {
                candidates.add(new Candidate(entry, key));
            }
            for (RenameRules.Renamed name : renamed) {
                candidates.add(new Candidate(entry, name.name()));
                uses[name.rule()]++;
            }
        });
        List<String> names = List.copyOf(keys.keySet());
        for (int rule = 0; rule < uses.length; rule++) {
            if (uses[rule] == 0) {
                reportUnused(rule, names);
            }
        }
        return candidates;
    }

    private void reportUnused(int rule, List<String> keys) {
        RenameRule option = options.get(rule);
        boolean taken = keys.stream().anyMatch(key -> rules.fits(rule, key));
        context.error(
                ProblemCode.UNMATCHED_RULE,
                "rename[" + rule + "]",
                "rule #" + (rule + 1) + ", `" + option.from() + "` to `" + option.to()
                        + "`, matches 0 keys of the checkpoint" + (taken ? " that no earlier rule takes" : ""),
                taken ? "put it before the rules that are less special" : nearest(option.from(), keys));
    }

    private static String nearest(String from, List<String> keys) {
        return NameText.names(Selector.parse(from).nearest(ModuleTree.ofNames(keys)))
                .orElseGet(() -> "the checkpoint has " + NameText.some(keys));
    }
}
