package io.graft.tensor.expression.bands;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Predicate;

/** The steps that lead to one, each once, operands before what is computed from them. */
final class Program {
    private final List<Step> steps = new ArrayList<>();
    private final IdentityHashMap<Step, Integer> places = new IdentityHashMap<>();
    private final List<int[]> operands = new ArrayList<>();

    Program(Step root) {
        visit(root);
    }

    private int visit(Step step) {
        Integer known = places.get(step);
        if (known != null) {
            return known;
        }
        int[] of = step.operands().stream().mapToInt(this::visit).toArray();
        places.put(step, steps.size());
        steps.add(step);
        operands.add(of);
        return steps.size() - 1;
    }

    List<Step> steps() {
        return steps;
    }

    /** The operands of a step, by their places. */
    int[] operands(int step) {
        return operands.get(step);
    }

    /** Whether it reads what a condition holds for. */
    boolean reads(Predicate<Source> condition) {
        return steps.stream().anyMatch(step -> step instanceof Source source && condition.test(source));
    }

    /** Whether several threads may compute at once. */
    boolean isDivisible() {
        return !reads(source -> !source.data().isDivisible());
    }

    /** Elements that had better be computed together. */
    long unit() {
        return steps.stream().mapToLong(Step::unit).max().orElse(1);
    }
}
