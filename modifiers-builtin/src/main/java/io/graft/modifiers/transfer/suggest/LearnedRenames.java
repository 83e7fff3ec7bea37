package io.graft.modifiers.transfer.suggest;

import io.graft.model.rules.Rule;
import io.graft.modifiers.transfer.suggest.Pairs.Pair;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Rules by which tensors of one state dict get the names that tensors of another have. Each rule by itself is right for every name that it
 * fits, so that their order does not matter.
 */
public final class LearnedRenames {
    private final Map<String, Pair> pairs = new LinkedHashMap<>();
    private final Set<String> targets = new HashSet<>();
    private final Set<String> names;
    private final Set<String> kept;

    private LearnedRenames(List<Pair> found, Collection<String> names, Set<String> kept) {
        found.forEach(pair -> pairs.put(pair.from().name(), pair));
        this.names = new LinkedHashSet<>(names);
        this.kept = kept;
        removeTaken();
    }

    /** A name that another tensor has, which no rule takes away from it, cannot be given. */
    private void removeTaken() {
        boolean isLess = true;
        while (isLess) {
            Set<String> staying = new HashSet<>(names);
            staying.removeAll(pairs.keySet());
            isLess = pairs.values().removeIf(pair -> staying.contains(pair.to().name()));
        }
        targets.clear();
        pairs.values().forEach(pair -> targets.add(pair.to().name()));
    }

    /**
     * A rule.
     *
     * @param tensors how many get their name by it
     * @param isGuess whether the names do not tell it, and shapes and order alone are for it
     */
    public record Learned(Rule.Rename rule, int tensors, boolean isGuess) {}

    /**
     * Learns rules.
     *
     * @param from tensors without a counterpart, in order
     * @param to those that have none there, in order
     * @param names of all tensors that the rules will see
     * @param kept those of them that are right as they are
     */
    public static List<Learned> between(List<Named> from, List<Named> to, Collection<String> names, Set<String> kept) {
        return new LearnedRenames(Pairs.between(from, to), names, kept).rules();
    }

    /** A tensor for which there is no rule keeps its name, which then no other one can get. */
    private List<Learned> rules() {
        Set<String> covered = new HashSet<>();
        List<Learned> rules = rules(covered);
        while (!covered.containsAll(pairs.keySet())) {
            pairs.keySet().retainAll(covered);
            removeTaken();
            covered.clear();
            rules = rules(covered);
        }
        return rules;
    }

    private List<Learned> rules(Set<String> covered) {
        List<Learned> rules = new ArrayList<>();
        // What names tell first, so that guesses stay by themselves.
        List<Pair> ordered = new ArrayList<>(pairs.values());
        ordered.sort(Comparator.comparing(Pair::isGuess));
        for (Pair pair : ordered) {
            if (!covered.contains(pair.from().name())) {
                rule(pair, covered).ifPresent(rules::add);
            }
        }
        return rules;
    }

    /** Empty if every rule for this pair would take another tensor along. */
    private Optional<Learned> rule(Pair pair, Set<String> covered) {
        for (Rule.Rename rule : new RuleTexts(pair.from().segments(), pair.to().segments()).rules()) {
            Optional<Set<String>> taken = taken(rule, pair);
            if (taken.isPresent()) {
                taken.get().removeAll(covered);
                covered.addAll(taken.get());
                return Optional.of(new Learned(rule, taken.get().size(), pair.isGuess()));
            }
        }
        return Optional.empty();
    }

    /** The names that get theirs by a rule; empty if it does something wrong. */
    private Optional<Set<String>> taken(Rule.Rename rule, Pair pair) {
        Function<String, Optional<String>> naming = rule.naming();
        Set<String> taken = new HashSet<>();
        if (!naming.apply(pair.from().name()).equals(Optional.of(pair.to().name()))) {
            return Optional.empty();
        }
        for (String name : names) {
            Optional<String> given = naming.apply(name);
            if (given.isEmpty()) {
                continue;
            }
            Pair own = pairs.get(name);
            boolean isRight = own == null
                    ? !kept.contains(name) && !targets.contains(given.get()) && !names.contains(given.get())
                    : own.to().name().equals(given.get()) && own.isGuess() == pair.isGuess();
            if (!isRight) {
                return Optional.empty();
            }
            if (own != null) {
                taken.add(name);
            }
        }
        return Optional.of(taken);
    }
}
