package io.graft.modifiers.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A list of rename rules, applied all at once: each key is renamed by its own text, never by another rule's result. */
final class RenameRules {
    private final List<Rule> rules;

    RenameRules(List<RenameRule> rules) {
        this.rules = rules.stream()
                .map(rule -> new Rule(KeyPattern.parse(rule.from()), KeyTemplate.parse(rule.to())))
                .toList();
    }

    private record Rule(KeyPattern from, KeyTemplate to) {}

    /** A name that a key gets, and the rule that gives it. */
    record Renamed(int rule, String name) {}

    int size() {
        return rules.size();
    }

    /** The names that the rules give a key; none if no rule fits it, and it keeps its own. */
    List<Renamed> rename(String key) {
        List<Renamed> names = new ArrayList<>();
        String taker = null;
        for (int index = 0; index < rules.size(); index++) {
            Rule rule = rules.get(index);
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
    List<String> names(String key) {
        List<Renamed> renamed = rename(key);
        return renamed.isEmpty()
                ? List.of(key)
                : renamed.stream().map(Renamed::name).toList();
    }

    /** Whether the rule fits the key, though another one may take it. */
    boolean fits(int rule, String key) {
        return rules.get(rule).from.match(key).isPresent();
    }
}
