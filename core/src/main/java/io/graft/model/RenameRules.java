package io.graft.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A list of rename rules, applied all at once: each key is renamed by its own text, never by another rule's result. */
public final class RenameRules {
    private final List<Compiled> rules;

    private record Compiled(KeyPattern from, KeyTemplate to) {}

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

    /** Whether the rule fits the key, though another one may take it. */
    public boolean fits(int rule, String key) {
        return rules.get(rule).from.match(key).isPresent();
    }
}
