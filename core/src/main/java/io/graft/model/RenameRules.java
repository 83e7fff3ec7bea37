package io.graft.model;

import io.graft.problem.FirstFew;
import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A list of rename rules, applied all at once: each key is renamed by its own text, never by another rule's result. */
public final class RenameRules {
    private final List<Compiled> rules;

    private record Compiled(KeyPattern from, KeyTemplate to) {
        boolean fits(String key) {
            return from.match(key).isPresent();
        }
    }

    /** The rules in their order: the first one that fits a key takes it, with every other that has the same {@code from}. */
    public RenameRules(List<Rule> rules) {
        this.rules = rules.stream()
                .map(rule -> new Compiled(KeyPattern.parse(rule.from), KeyTemplate.parse(rule.to)))
                .toList();
    }

    /**
     * Gives keys another name.
     *
     * @param from a key, or a module above it, whose remaining key is kept; {@code *} stands for one segment or a part of one;
     *     or {@code re:} and a regular expression for all of such a key
     * @param to the new name of it; {@code $1} stands for what the first {@code *} or group matched
     */
    public record Rule(String from, String to) {
        /**
         * @throws IllegalArgumentException if {@code from} is no pattern or {@code to} refers to a group that it has not; the
         *     message is one line
         */
        public Rule {
            KeyPattern pattern = KeyPattern.parse(from);
            KeyTemplate.parse(to).requireGroups(pattern);
        }
    }

    /**
     * A name that a key gets.
     *
     * @param rule the place of the rule that gives it
     */
    public record Renamed(int rule, String name) {}

    /**
     * A rule that gives no key a name.
     *
     * @param rule its place
     * @param message what is wrong
     * @param help what to do
     */
    public record Unused(int rule, String message, String help) {}

    public int size() {
        return rules.size();
    }

    /** The names that the rules give a key; none if no rule fits it, and it keeps its own. */
    public List<Renamed> rename(String key) {
        List<Renamed> names = new ArrayList<>();
        String taker = null;
        for (int index = 0; index < rules.size(); index++) {
            Compiled rule = rules.get(index);
            if (taker != null && !taker.equals(rule.from.text())) {
                continue;
            }
            Optional<KeyPattern.Match> match = rule.from.match(key);
            if (match.isPresent()) {
                taker = rule.from.text();
                names.add(new Renamed(index, rule.to.fill(match.get())));
            }
        }
        return names;
    }

    /** The names that a key has in the model: its own, or those that rules give it. */
    public List<String> names(String key) {
        List<Renamed> renamed = rename(key);
        return renamed.isEmpty()
                ? List.of(key)
                : renamed.stream().map(Renamed::name).toList();
    }

    /** A rule in words: {@code rule #1, `a` to `b`}. */
    public String words(int rule) {
        Compiled given = rules.get(rule);
        return "rule #" + (rule + 1) + ", `" + given.from.text() + "` to `" + given.to.text() + "`";
    }

    /**
     * The rules that give none of these keys a name, in order.
     *
     * @param holder what has the keys: {@code checkpoint}
     */
    public List<Unused> unused(Collection<String> keys, String holder) {
        BitSet used = new BitSet(rules.size());
        keys.forEach(key -> rename(key).forEach(renamed -> used.set(renamed.rule())));
        return IntStream.range(0, rules.size())
                .filter(rule -> !used.get(rule))
                .mapToObj(rule -> unused(rule, keys, holder))
                .toList();
    }

    private Unused unused(int rule, Collection<String> keys, String holder) {
        String message = words(rule) + ", matches 0 keys of the " + holder;
        if (keys.stream().anyMatch(rules.get(rule)::fits)) {
            return new Unused(
                    rule, message + " that no earlier rule takes", "put it before the rules that are less special");
        }
        List<String> nearest = Selector.parse(rules.get(rule).from.text()).nearest(ModuleTree.ofNames(keys));
        String help =
                nearest.isEmpty() ? "the " + holder + " has " + FirstFew.names(keys) : Suggestions.didYouMean(nearest);
        return new Unused(rule, message, help);
    }
}
