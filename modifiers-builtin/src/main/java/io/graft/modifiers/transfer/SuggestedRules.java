package io.graft.modifiers.transfer;

import com.typesafe.config.ConfigUtil;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.NameTable;
import io.graft.model.rules.NameTables;
import io.graft.model.rules.Rule;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.Rules;
import io.graft.modifiers.transfer.suggest.LearnedRenames;
import io.graft.modifiers.transfer.suggest.Named;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the modifier needs to be told so that a checkpoint fills a model: a prefix, tables of names, renames. Known tables are taken first, as
 * long as they fill more of the model; renames are learned for what is left.
 *
 * @param prefix as the option has it: {@code none}, or what is stripped or added
 * @param rules in order
 */
public record SuggestedRules(String prefix, List<Suggested> rules) {
    private static final int MOST_TABLES = 3;

    public SuggestedRules {
        rules = List.copyOf(rules);
    }

    /** What a rule stands on. */
    public enum Basis {
        /** A table that fits. */
        TABLE,
        /** Names that are alike, or a shape that no other tensor has. */
        NAMES,
        /** Shapes and order alone. */
        GUESS
    }

    /**
     * A rule.
     *
     * @param tensors how many of the model's are filled by it
     */
    public record Suggested(Rule rule, int tensors, Basis basis) {
        /** As a configuration has it. */
        public String hocon() {
            if (rule instanceof Rule.Rename rename) {
                return "{ from = " + ConfigUtil.quoteString(rename.from()) + ", to = "
                        + ConfigUtil.quoteString(rename.to()) + " }";
            }
            Rule.Table table = (Rule.Table) rule;
            Map<String, Object> keys = new LinkedHashMap<>();
            keys.put("table", ConfigUtil.quoteString(table.table().id()));
            if (table.inverted()) {
                keys.put("inverse", true);
            }
            keys.putAll(new TreeMap<>(table.numbers()));
            return keys.entrySet().stream()
                    .map(key -> key.getKey() + " = " + key.getValue())
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
    }

    /**
     * A table that seems right, and needs to know numbers of the model.
     *
     * @param numbers those that are not known
     */
    public record Wanting(NameTable table, List<String> numbers) {
        public Wanting {
            numbers = List.copyOf(numbers);
        }
    }

    /**
     * Looks for them.
     *
     * @param numbers that tables need, by whoever asks
     * @param beside what tells numbers as the checkpoint's own configuration does, and before it
     */
    public static SuggestedRules of(
            SourceCheckpoint source,
            ModelDraft model,
            NameTables tables,
            Map<String, Integer> numbers,
            ModelConfiguration beside) {
        return new Search(source, model, tables, numbers, beside).run();
    }

    /** A table that seems better than all that can be applied, and needs to be told numbers; empty if there is none. */
    public static Optional<Wanting> wanting(
            SourceCheckpoint source,
            ModelDraft model,
            NameTables tables,
            Map<String, Integer> numbers,
            ModelConfiguration beside) {
        return new Search(source, model, tables, numbers, beside).wanting();
    }

    /** Looks for rules that fill as much as can be. */
    private static final class Search {
        private final ModelDraft model;
        private final ModelNames names;
        private final SourceTensors tensors;
        private final NameTables tables;
        private final Map<String, Integer> numbers;
        private final ModelConfiguration beside;
        private final ModelConfiguration configuration;
        private final List<Suggested> found = new ArrayList<>();

        private Search(
                SourceCheckpoint source,
                ModelDraft model,
                NameTables tables,
                Map<String, Integer> numbers,
                ModelConfiguration beside) {
            this.model = model;
            this.names = new ModelNames(model);
            this.tensors = SourceTensors.of(source, model);
            this.tables = tables;
            this.numbers = numbers;
            this.beside = beside;
            this.configuration = source.checkpoint().configuration();
        }

        private List<Rule> rules() {
            return found.stream().map(Suggested::rule).toList();
        }

        private int filled(List<Rule> rules) {
            return new PrefixSearch(model, new Rules(rules))
                    .search(tensors)
                    .score()
                    .filled();
        }

        private SuggestedRules run() {
            addTables();
            Prefix prefix = prefix();
            addLearned(prefix);
            String option = prefix instanceof Prefix.Strip strip
                    ? strip.text()
                    : prefix instanceof Prefix.Add add ? add.text() : "none";
            return new SuggestedRules(option.endsWith(".") ? option.substring(0, option.length() - 1) : option, found);
        }

        /** What fills most; none, if that fills as much. */
        private Prefix prefix() {
            PrefixSearch.Best best = new PrefixSearch(model, new Rules(rules())).search(tensors);
            long without = ruled(new Prefix.None()).stream()
                    .filter(tensor -> target(tensor).isPresent())
                    .count();
            return without >= best.score().filled()
                    ? new Prefix.None()
                    : best.prefixes().get(0);
        }

        private List<RuledTensor> ruled(Prefix prefix) {
            SourceTensors prefixed = tensors.after(prefix, new ArrayList<>());
            return new Rules(rules()).tensors(prefixed.values(), prefixed.keys()::get);
        }

        /** The tensor of the model that a tensor fills. */
        private Optional<DraftTensor> target(RuledTensor tensor) {
            return names.find(tensor.name())
                    .filter(found -> found.shape().equals(tensor.value().shape()));
        }

        private void addTables() {
            int before = filled(rules());
            while (found.size() < MOST_TABLES && before < model.tensors().size()) {
                Rule best = null;
                int most = before;
                for (Rule table : applicable()) {
                    List<Rule> with = new ArrayList<>(rules());
                    with.add(table);
                    int filled = filled(with);
                    if (filled > most) {
                        most = filled;
                        best = table;
                    }
                }
                if (best == null) {
                    return;
                }
                found.add(new Suggested(best, most - before, Basis.TABLE));
                before = most;
            }
        }

        /** The tables of which every number is known, in both directions. */
        private List<Rule> applicable() {
            List<Rule> rules = new ArrayList<>();
            for (NameTable table : tables.tables().values()) {
                Map<String, Integer> known = known(table);
                if (table.missing(known).isEmpty()) {
                    for (boolean inverse : List.of(false, true)) {
                        rule(table, known, inverse).ifPresent(rules::add);
                    }
                }
            }
            return rules;
        }

        /** What is known of the model for a table, by whoever asks or by configurations. */
        private Map<String, Integer> known(NameTable table) {
            Map<String, Integer> known = table.told(configuration);
            known.putAll(table.told(beside));
            known.putAll(numbers);
            known.keySet().retainAll(table.numbers().keySet());
            return known;
        }

        private static Optional<Rule> rule(NameTable table, Map<String, Integer> numbers, boolean inverse) {
            try {
                return Optional.of(new Rule.Table(table, numbers, inverse));
            } catch (IllegalArgumentException unsuitable) {
                return Optional.empty();
            }
        }

        private Optional<Wanting> wanting() {
            int most = filled(best());
            Wanting wanting = null;
            for (NameTable table : tables.tables().values()) {
                Map<String, Integer> trial = known(table);
                List<String> missing = table.missing(trial);
                if (!missing.isEmpty()) {
                    missing.forEach(number -> trial.put(number, 1));
                    int filled = rule(table, trial, false)
                            .map(rule -> filled(List.of(rule)))
                            .orElse(0);
                    if (filled > most) {
                        most = filled;
                        wanting = new Wanting(table, missing);
                    }
                }
            }
            return Optional.ofNullable(wanting);
        }

        private List<Rule> best() {
            List<Rule> best = List.of();
            int most = filled(best);
            for (Rule table : applicable()) {
                int filled = filled(List.of(table));
                if (filled > most) {
                    most = filled;
                    best = List.of(table);
                }
            }
            return best;
        }

        private void addLearned(Prefix prefix) {
            List<RuledTensor> ruled = ruled(prefix);
            Set<String> filled = new HashSet<>();
            Set<String> kept = new HashSet<>();
            List<Named> from = new ArrayList<>();
            for (RuledTensor tensor : ruled) {
                Optional<DraftTensor> target = target(tensor);
                target.ifPresent(own -> filled.add(own.name()));
                if (target.isPresent()) {
                    kept.add(tensor.name());
                } else {
                    from.add(new Named(tensor.name(), tensor.value().shape()));
                }
            }
            List<Named> to = model.tensors().stream()
                    .filter(tensor -> !filled.contains(tensor.name()))
                    .map(tensor -> new Named(tensor.name(), tensor.shape()))
                    .toList();
            List<String> all = ruled.stream().map(RuledTensor::name).distinct().toList();
            LearnedRenames.between(from, to, all, kept)
                    .forEach(learned -> found.add(new Suggested(
                            learned.rule(), learned.tensors(), learned.isGuess() ? Basis.GUESS : Basis.NAMES)));
        }
    }
}
