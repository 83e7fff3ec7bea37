package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import java.util.ArrayList;
import java.util.List;

/** Applies rules to a checkpoint's tensors, and reports those that apply to none. */
record RenameStep(Rules rules, ModifierContext context) {
    /**
     * Applies them.
     *
     * @param tensors after the prefix step
     * @param leftOut gets what a table leaves out
     * @return every tensor under its own name or under each that the rules give it, in the checkpoint's order
     */
    List<Candidate> apply(SourceTensors tensors, List<Skip> leftOut) {
        RuledTensors ruled = rules.apply(tensors.values(), "checkpoint", tensors.keys()::get);
        ruled.problems()
                .forEach(problem -> context.error(
                        problem.code(), "rename[" + problem.rule() + "]", problem.message(), problem.help()));
        ruled.leftOut()
                .forEach((name, table) -> leftOut.add(new Skip(
                        new Candidate(
                                List.of(tensors.keys().get(name)),
                                name,
                                tensors.values().get(name)),
                        SkipReason.EXCLUDED,
                        "the table `" + table + "` leaves it out")));
        List<Candidate> candidates = new ArrayList<>();
        ruled.tensors()
                .forEach(tensor -> candidates.add(new Candidate(
                        tensor.keys().stream().map(tensors.keys()::get).toList(), tensor.name(), tensor.value())));
        return candidates;
    }
}
