package io.graft.model.rules;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.tree.ModuleTree;
import io.graft.model.tree.Selector;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Suggestions;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** One application of rules to a state dict. */
final class Applying {
    private final Rules rules;
    private final String holder;
    /** How many tensors each rule took. */
    private final int[] uses;

    /** What is wrong; to find the names that are near takes longer than to apply the rules. */
    private final List<Supplier<RuleProblem>> problems = new ArrayList<>();

    private final Map<String, String> leftOut = new LinkedHashMap<>();

    Applying(Rules rules, String holder) {
        this.rules = rules;
        this.holder = holder;
        this.uses = new int[rules.size()];
    }

    RuledTensors apply(Map<String, LazyTensor> tensors, UnaryOperator<String> spelling) {
        List<RuledTensor> ruled = tensors(tensors, spelling);
        return new RuledTensors(
                ruled,
                leftOut,
                Arrays.stream(uses).sum(),
                notes(),
                problems.stream().map(Supplier::get).toList());
    }

    List<RuledTensor> tensors(Map<String, LazyTensor> tensors, UnaryOperator<String> spelling) {
        List<Item> items = new ArrayList<>();
        tensors.forEach((key, value) -> items.add(new Item(key, spelling.apply(key), value, List.of(key), false)));
        int place = 0;
        List<Item> now = items;
        for (List<Rule> step : Rules.steps(rules.rules())) {
            List<Integer> places =
                    IntStream.range(place, place + step.size()).boxed().toList();
            place += step.size();
            now = step.get(0) instanceof Rule.Table table
                    ? table(table, places.get(0), now)
                    : strict(step, places, now);
        }
        return now.stream().map(Item::ruled).toList();
    }

    /** Each of the rules must fit something. */
    private List<Item> strict(List<Rule> step, List<Integer> places, List<Item> items) {
        Step.Outcome outcome = new Step(step).apply(items);
        for (int each = 0; each < step.size(); each++) {
            int place = places.get(each);
            Rule rule = step.get(each);
            Step.Use use = outcome.uses().get(each);
            uses[place] = use.taken();
            if (use.taken() == 0 && use.flaw().isEmpty()) {
                problems.add(() -> unmatched(place, rule, items, use.fits()));
            }
            use.flaw().ifPresent(flaw -> report(place, flaw, ""));
        }
        return outcome.items();
    }

    /** Not every model of a family has all that the table knows; one that has nothing of it is of another. */
    private List<Item> table(Rule.Table table, int place, List<Item> items) {
        List<KeyPattern> absent = table.inverted()
                ? List.of()
                : table.table().leftOut().stream().map(KeyPattern::parse).toList();
        List<Item> now = new ArrayList<>();
        for (Item item : items) {
            if (absent.stream().anyMatch(pattern -> pattern.fits(item.name()) || pattern.fits(item.spelling()))) {
                item.keys().forEach(key -> leftOut.put(key, table.table().id()));
            } else {
                now.add(item);
            }
        }
        if (table.rules().isEmpty()) {
            problems.add(() -> new RuleProblem(
                    place,
                    ProblemCode.REQUIRES,
                    rules.words(place) + ", " + table.table().needs(table.missing()) + ", and no "
                            + ModelConfiguration.NAME + " beside the " + holder + " tells it",
                    "write " + table.table().example()));
            return items;
        }
        Set<Item> before = new HashSet<>(now);
        boolean fits = now.size() < items.size();
        for (List<Rule> step : Rules.steps(table.rules().get().rules())) {
            Step.Outcome outcome = new Step(step).apply(now);
            for (int each = 0; each < step.size(); each++) {
                String words = step.get(each).on(new RuleWords()) + ", ";
                Step.Use use = outcome.uses().get(each);
                fits |= use.taken() > 0 || use.flaw().isPresent();
                use.flaw().ifPresent(flaw -> report(place, flaw, words));
            }
            now = outcome.items();
        }
        uses[place] = (int) now.stream().filter(item -> !before.contains(item)).count();
        if (!fits) {
            problems.add(() -> new RuleProblem(
                    place,
                    ProblemCode.UNMATCHED_RULE,
                    rules.words(place) + ", matches 0 keys of the " + holder,
                    "it is for " + table.table().title() + "; the " + holder + " has " + FirstFew.names(names(items))));
        }
        return now;
    }

    /**
     * Reports what a rule could not do.
     *
     * @param of which of a table's rules
     */
    private void report(int place, Step.Flaw flaw, String of) {
        problems.add(
                () -> new RuleProblem(place, flaw.code(), rules.words(place) + ", " + of + flaw.words(), flaw.help()));
    }

    private RuleProblem unmatched(int place, Rule rule, List<Item> items, boolean fits) {
        String message = rules.words(place) + ", matches 0 keys of the " + holder;
        Collection<String> names = names(items);
        if (fits) {
            return new RuleProblem(
                    place,
                    ProblemCode.UNMATCHED_RULE,
                    message + " that no earlier rule takes",
                    "put it before the rules that are less special");
        }
        List<String> nearest = rule.on(new Looked()).stream()
                .filter(from -> names.stream().noneMatch(KeyPattern.numbered(from)::fits))
                .flatMap(from -> Selector.parse(from.replace('#', '*')).nearest(ModuleTree.ofNames(names)).stream())
                .distinct()
                .limit(3)
                .toList();
        String help =
                nearest.isEmpty() ? "the " + holder + " has " + FirstFew.names(names) : Suggestions.didYouMean(nearest);
        return new RuleProblem(place, ProblemCode.UNMATCHED_RULE, message, help);
    }

    private static List<String> names(List<Item> items) {
        return items.stream().map(Item::name).toList();
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (int rule = 0; rule < uses.length; rule++) {
            String done = rules.rules().get(rule) instanceof Rule.Rename
                    ? "renamed " + Counts.of(uses[rule], "key")
                    : "changed " + Counts.of(uses[rule], "tensor");
            notes.add(rules.words(rule) + ", " + done);
        }
        return notes;
    }
}
