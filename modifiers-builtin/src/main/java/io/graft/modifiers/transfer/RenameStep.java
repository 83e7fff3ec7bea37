package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.RenameRules;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applies rename rules to keys, and reports rules that apply to none. */
final class RenameStep {
    private final RenameRules rules;
    private final ModifierContext context;

    RenameStep(RenameRules rules, ModifierContext context) {
        this.rules = rules;
        this.context = context;
    }

    /**
     * @param keys the checkpoint's entries by their keys after the prefix step
     * @return every entry under its own name or under each that the rules give it, in the checkpoint's order
     */
    List<Candidate> apply(Map<String, TensorEntry> keys) {
        List<Candidate> candidates = new ArrayList<>();
        keys.forEach((key, entry) -> rules.names(key).forEach(name -> candidates.add(new Candidate(entry, name))));
        rules.unused(keys.keySet(), "checkpoint")
                .forEach(unused -> context.error(
                        ProblemCode.UNMATCHED_RULE, "rename[" + unused.rule() + "]", unused.message(), unused.help()));
        return candidates;
    }
}
