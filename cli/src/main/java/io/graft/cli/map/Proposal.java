package io.graft.cli.map;

import com.typesafe.config.ConfigUtil;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.Skipped;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.model.Change;
import io.graft.modifiers.transfer.SuggestedRules;
import io.graft.modifiers.transfer.SuggestedRules.Basis;
import io.graft.modifiers.transfer.SuggestedRules.Suggested;
import io.graft.problem.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A modifier that fills a model from a checkpoint, and what a plan with it says.
 *
 * @param from the checkpoint
 * @param to the model as it was written
 * @param filled how many tensors of the model get values
 * @param tensors how many it has
 * @param missing those that get none
 * @param unused entries of the checkpoint that fill nothing
 */
record Proposal(
        GivenCheckpoint from,
        Optional<String> section,
        String to,
        SuggestedRules rules,
        long filled,
        int tensors,
        List<String> missing,
        List<Skipped> unused) {
    /** What a plan says that has the modifier alone. */
    static Proposal of(GivenCheckpoint from, Optional<String> section, String to, SuggestedRules rules, Plan plan) {
        ModifierRecord record = plan.modifiers().get(0);
        long filled = record.changes().stream()
                .filter(Change::givesValues)
                .map(Change::name)
                .distinct()
                .count();
        return new Proposal(
                from, section, to, rules, filled, plan.tensors().size(), record.missing(), record.skipped());
    }

    /**
     * The modifier, as HOCON.
     *
     * @param path of the checkpoint
     */
    static String modifier(String path, Optional<String> section, SuggestedRules rules) {
        List<String> lines = new ArrayList<>();
        lines.add("{");
        lines.add("  type = transfer-learning");
        lines.add("  checkpoint-path"
                + section.map(name -> " { path = " + ConfigUtil.quoteString(path) + ", section = "
                                + ConfigUtil.quoteString(name) + " }")
                        .orElse(" = " + ConfigUtil.quoteString(path)));
        if (!rules.prefix().equals("none")) {
            lines.add("  prefix = " + ConfigUtil.quoteString(rules.prefix()));
        }
        if (!rules.rules().isEmpty()) {
            lines.add("  rename = [");
            List<Suggested> sure = rules.rules().stream()
                    .filter(rule -> rule.basis() != Basis.GUESS)
                    .toList();
            List<Suggested> guessed = rules.rules().stream()
                    .filter(rule -> rule.basis() == Basis.GUESS)
                    .toList();
            sure.forEach(rule -> lines.add(line(rule)));
            if (!guessed.isEmpty()) {
                lines.add("    # Guessed, by shapes and order alone: look at each.");
                guessed.forEach(rule -> lines.add(line(rule)));
            }
            lines.add("  ]");
        }
        lines.add("}");
        return String.join("\n", lines);
    }

    private static String line(Suggested rule) {
        String basis = switch (rule.basis()) {
            case TABLE -> "a table, ";
            case NAMES -> "";
            case GUESS -> "guess, ";
        };
        return "    " + rule.hocon() + "  # " + basis + Counts.of(rule.tensors(), "tensor");
    }

    /** The modifier for a person, with the path that they wrote. */
    String hocon() {
        return modifier(from.shown(), section, rules);
    }
}
