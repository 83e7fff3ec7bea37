package io.graft.model.rules;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * An ordered list of rules. Each is applied to what the ones before it gave, but for renames that stand together: those are applied
 * all at once, each key by its own text, so that two tensors can exchange their names.
 *
 * <pre>{@code
 * Rules rules = new Rules(List.of(NameTables.discover().find("gpt-2").orElseThrow().rule()));
 * RuledTensors running = rules.apply(onDisk, "checkpoint");
 * RuledTensors back = rules.inverse().apply(again, "model");
 * }</pre>
 */
public record Rules(List<Rule> rules) {
    /** Every tensor stays as it is. */
    public static final Rules NONE = new Rules(List.of());

    public Rules {
        rules = List.copyOf(rules);
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** How many there are; a table counts as one. */
    public int size() {
        return rules.size();
    }

    /** The same with what tables need to know of the model and a configuration tells, such as {@code heads}. What is given stays. */
    public Rules toldBy(ModelConfiguration configuration) {
        return new Rules(rules.stream()
                .map(rule -> rule instanceof Rule.Table table ? table.toldBy(configuration) : rule)
                .toList());
    }

    /** What a configuration has told tables, a sentence each. */
    public List<String> told() {
        return IntStream.range(0, rules.size())
                .filter(rule -> rules.get(rule) instanceof Rule.Table table
                        && !table.told().isEmpty())
                .mapToObj(this::words)
                .toList();
    }

    /**
     * Applies them. No data is read: what is moved is computed when it is.
     *
     * @param tensors by their keys, in order
     * @param holder what has them, for messages: {@code checkpoint}
     */
    public RuledTensors apply(Map<String, LazyTensor> tensors, String holder) {
        return apply(tensors, holder, UnaryOperator.identity());
    }

    /**
     * As {@link #apply(Map, String)}, where keys have another spelling. A rule that fits no key goes by that.
     *
     * @param spelling the other spelling of a key
     */
    public RuledTensors apply(Map<String, LazyTensor> tensors, String holder, UnaryOperator<String> spelling) {
        return new Applying(this, holder).apply(tensors, spelling);
    }

    /** The tensors of {@link #apply(Map, String, UnaryOperator)} alone, for whoever only tries the rules. */
    public List<RuledTensor> tensors(Map<String, LazyTensor> tensors, UnaryOperator<String> spelling) {
        return new Applying(this, "").tensors(tensors, spelling);
    }

    /**
     * The rules that undo these, in the order in which they have to be applied.
     *
     * @throws IllegalArgumentException if one cannot be undone; the message says which and why
     */
    public Rules inverse() {
        List<Rule> inverse = new ArrayList<>();
        List<List<Rule>> steps = steps(rules);
        Collections.reverse(steps);
        for (List<Rule> step : steps) {
            requireOriginals(step);
            // Of several that give one name, the first is the way back.
            Set<String> named = new HashSet<>();
            step.stream()
                    .map(Rule::inverse)
                    .filter(rule -> !(rule instanceof Rule.Rename rename) || named.add(rename.from()))
                    .sorted(Comparator.comparingInt(Rules::generality))
                    .forEach(inverse::add);
        }
        return new Rules(inverse);
    }

    private static void requireOriginals(List<Rule> step) {
        Set<String> seen = new HashSet<>();
        for (Rule rule : step) {
            if (rule instanceof Rule.Rename rename && !seen.add(rename.from())) {
                throw new IllegalArgumentException("the rules cannot be undone: two copy `" + rename.from()
                        + "`, and which copy is to be kept is not said");
            }
        }
    }

    /** The first rule that fits a key takes it, so those for fewer keys come first. */
    private static int generality(Rule rule) {
        if (!(rule instanceof Rule.Rename rename)) {
            return 0;
        }
        String from = rename.from();
        int segments = from.split("\\.").length;
        int open = (int) from.chars()
                .filter(character -> character == '*' || character == '(')
                .count();
        return open - 10 * segments;
    }

    /** Rules that are applied at once, each list of renames that stand together, or one other rule. */
    static List<List<Rule>> steps(List<Rule> rules) {
        List<List<Rule>> steps = new ArrayList<>();
        boolean isRun = false;
        for (Rule rule : rules) {
            if (rule instanceof Rule.Rename && isRun) {
                steps.get(steps.size() - 1).add(rule);
            } else {
                steps.add(new ArrayList<>(List.of(rule)));
            }
            isRun = rule instanceof Rule.Rename;
        }
        return steps;
    }

    /** Whether a rule, not a table, would take a tensor of the name if no earlier one did. */
    public boolean fits(int rule, String name) {
        return rules.get(rule).on(new Looked()).stream()
                .anyMatch(from -> KeyPattern.numbered(from).fits(name));
    }

    /** A rule in words: {@code rule #1, `a` to `b`}. */
    public String words(int rule) {
        return "rule #" + (rule + 1) + ", " + rules.get(rule).on(new RuleWords());
    }
}
