package io.graft.modifiers.transfer.suggest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Which tensors of one state dict stand for which of another, under other names. The tensors of a module go together, and modules that are
 * repeated in layers are looked at together, as {@link Family families}: first those that have the same numbers and the same shapes there and
 * here, then those of one shape that are as many; of several, those whose names are most alike belong together. What is left is taken in
 * order.
 */
final class Pairs {
    /** Below, two names have too little in common to belong together. */
    private static final double LEAST = 0.4;

    /** By how much names must be more alike than if they were exchanged. */
    private static final double MARGIN = 0.01;

    /** The share of tensors below which pairs are taken for chance. */
    private static final double FEW = 0.1;

    private final Likeness likeness = new Likeness();
    private final List<Pair> found = new ArrayList<>();

    /**
     * @param isGuess whether the names do not tell it
     */
    record Pair(Named from, Named to, boolean isGuess) {}

    /** Two units that may belong together. */
    record Match(Unit from, Unit to) {}

    private record Likely(Family from, Family to, double likeness) {}

    private Pairs() {}

    static List<Pair> between(List<Named> from, List<Named> to) {
        Pairs pairs = new Pairs();
        pairs.match(Family.numbered(Unit.modules(from)), Family.numbered(Unit.modules(to)), Family::hasNumbersOf);
        List<Named> left = pairs.leftOf(from);
        List<Named> right = pairs.leftIn(to);
        pairs.match(
                Family.ofOneShape(Unit.modules(left)), Family.ofOneShape(Unit.modules(right)), (one, other) -> true);
        pairs.inOrder(Unit.modules(pairs.leftOf(left)), Unit.modules(pairs.leftIn(right)));
        pairs.inOrder(Unit.single(pairs.leftOf(left)), Unit.single(pairs.leftIn(right)));
        return pairs.found.size() < FEW * Math.min(from.size(), to.size()) ? List.of() : pairs.found;
    }

    private List<Named> leftOf(List<Named> from) {
        List<Named> left = new ArrayList<>(from);
        Set<Named> taken = new HashSet<>();
        found.forEach(pair -> taken.add(pair.from()));
        left.removeIf(taken::contains);
        return left;
    }

    private List<Named> leftIn(List<Named> to) {
        List<Named> left = new ArrayList<>(to);
        Set<Named> taken = new HashSet<>();
        found.forEach(pair -> taken.add(pair.to()));
        left.removeIf(taken::contains);
        return left;
    }

    private void add(Unit from, Unit to, boolean isGuess) {
        from.tensors().forEach((kind, tensor) -> {
            Named other = to.tensors().get(kind);
            if (other != null && tensor.shape().equals(other.shape())) {
                found.add(new Pair(tensor, other, isGuess));
            }
        });
    }

    private void match(List<Family> from, List<Family> to, BiPredicate<Family, Family> condition) {
        Set<Family> left = new HashSet<>(from);
        Set<Family> right = new HashSet<>(to);
        List<Likely> likely = new ArrayList<>();
        for (Family one : from) {
            for (Family other : to) {
                if (one.mayBe(other) && condition.test(one, other)) {
                    likely.add(new Likely(one, other, likeness.of(one.name(), other.name())));
                }
            }
        }
        // A stable sort: what is equally likely stays in order.
        likely.sort(Comparator.comparingDouble(Likely::likeness).reversed());
        List<Likely> taken = new ArrayList<>();
        for (Likely each : likely) {
            if (each.likeness() >= LEAST && left.contains(each.from()) && right.contains(each.to())) {
                left.remove(each.from());
                right.remove(each.to());
                taken.add(each);
            }
        }
        for (Likely each : taken) {
            boolean isGuess = !each.from().isCountedAs(each.to())
                    || taken.stream().anyMatch(other -> !other.equals(each) && isExchangeable(each, other));
            for (int i = 0; i < each.from().members().size(); i++) {
                add(each.from().members().get(i), each.to().members().get(i), isGuess);
            }
        }
    }

    private boolean isExchangeable(Likely one, Likely other) {
        return one.from().mayBe(other.to())
                && other.from().mayBe(one.to())
                && isNoBetter(
                        one.from().name(),
                        one.to().name(),
                        other.from().name(),
                        other.to().name());
    }

    /** Whether two pairs of names are not more alike than if they were exchanged. */
    private boolean isNoBetter(String a, String b, String c, String d) {
        return likeness.of(a, b) + likeness.of(c, d) < likeness.of(a, d) + likeness.of(c, b) + MARGIN;
    }

    /** Takes what is left in order, unless that is far from all. */
    private void inOrder(List<Unit> from, List<Unit> to) {
        List<Match> ordered = new ArrayList<>();
        List<Unit> left = new ArrayList<>(from);
        List<Unit> right = new ArrayList<>(to);
        // Again for what stands in another order than the rest, as shortcuts before or after what they go around.
        for (List<Match> more = Order.match(left, right, likeness);
                !more.isEmpty();
                more = Order.match(left, right, likeness)) {
            ordered.addAll(more);
            more.forEach(match -> {
                left.remove(match.from());
                right.remove(match.to());
            });
        }
        if (2 * ordered.size() < Math.min(from.size(), to.size())) {
            return;
        }
        Map<String, List<Match>> bySignature = new HashMap<>();
        ordered.forEach(match -> bySignature
                .computeIfAbsent(match.from().signature(), signature -> new ArrayList<>())
                .add(match));
        ordered.forEach(match -> add(
                match.from(),
                match.to(),
                isGuess(match, bySignature.get(match.from().signature()))));
    }

    private boolean isGuess(Match match, List<Match> ofOneShape) {
        return ofOneShape.stream()
                        .anyMatch(other -> !other.equals(match)
                                && isNoBetter(
                                        match.from().name(),
                                        match.to().name(),
                                        other.from().name(),
                                        other.to().name()))
                || (ofOneShape.size() > 1
                        && likeness.of(match.from().name(), match.to().name()) < LEAST);
    }
}
