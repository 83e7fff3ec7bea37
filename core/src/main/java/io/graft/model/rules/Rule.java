package io.graft.model.rules;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.config.DecodedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Gives tensors of a state dict another name or another structure. Names are written in one way in all rules:
 *
 * <ul>
 *   <li>The key of a tensor, or of a module above it, whose remaining key is kept. A {@code *} stands for one segment or a part of one;
 *       what begins with {@code **.} stands at any depth.
 *   <li>{@code re:} and a regular expression for all of such a key.
 *   <li>In a name that is given, {@code $1} stands for what the first {@code *} or group matched; {@code **.} keeps what stands before.
 *   <li>{@code #} stands for the numbers of tensors that are stacked.
 * </ul>
 *
 * Records throw {@link IllegalArgumentException}, with one line, where a name is none or what they say does not fit together.
 */
@DecodedBy(RuleDecoder.class)
public sealed interface Rule {
    /** Calls the method for the case that this is. */
    <T> T on(Cases<T> cases);

    /**
     * The rule that undoes this one.
     *
     * @throws IllegalArgumentException if it cannot be undone, because a name does not tell what it was; the message says why
     */
    default Rule inverse() {
        return on(new Inversion());
    }

    /** One method for each case. */
    interface Cases<T> {
        T rename(Rename rule);

        T split(Split rule);

        T concatenate(Concatenate rule);

        T stack(Stack rule);

        T unstack(Unstack rule);

        T transpose(Transpose rule);

        T permute(Permute rule);

        T reorder(Reorder rule);

        T table(Table rule);
    }

    /** Another name, and the same tensor. Of rules that stand together, the first that fits a key takes it, with every other of the same {@code from}. */
    record Rename(String from, String to) implements Rule {
        public Rename {
            KeyTemplate.of(to, KeyPattern.parse(from));
        }

        /** What the rule, by itself, makes of keys; empty for a key that it does not fit. */
        public Function<String, Optional<String>> naming() {
            KeyPattern pattern = KeyPattern.parse(from);
            KeyTemplate template = KeyTemplate.of(to, pattern);
            return key -> pattern.match(key).map(template::fill);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.rename(this);
        }
    }

    /**
     * One tensor, cut into several along an axis.
     *
     * @param to the parts, in order
     * @param axis outermost is 0
     * @param sizes how large the parts are, in relation to each other; all alike if empty
     */
    record Split(String from, List<String> to, int axis, List<Integer> sizes) implements Rule {
        public Split {
            to = List.copyOf(to);
            sizes = List.copyOf(sizes);
            KeyPattern pattern = KeyPattern.parse(from);
            to.forEach(part -> KeyTemplate.of(part, pattern));
            requireParts("to", to, axis, sizes);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.split(this);
        }
    }

    /**
     * Several tensors, one after the other along an axis, as one.
     *
     * @param from the parts, in order; each has the same groups
     * @param axis outermost is 0
     * @param sizes how large the parts are, in relation to each other; all alike if empty
     */
    record Concatenate(List<String> from, String to, int axis, List<Integer> sizes) implements Rule {
        public Concatenate {
            from = List.copyOf(from);
            sizes = List.copyOf(sizes);
            requireParts("from", from, axis, sizes);
            from.forEach(part -> KeyTemplate.of(to, KeyPattern.parse(part)));
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.concatenate(this);
        }
    }

    /**
     * Tensors of one shape with numbers from 0 on in their names, along a new axis.
     *
     * @param from has one {@code #}
     * @param axis the new one; outermost is 0
     */
    record Stack(String from, String to, int axis) implements Rule {
        public Stack {
            KeyPattern pattern = KeyPattern.numbered(from);
            KeyTemplate.of(to, pattern);
            requireNumber(pattern.number() > 0, "from", from);
            requireAxis(axis);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.stack(this);
        }
    }

    /**
     * The slices of a tensor, each a tensor without the axis.
     *
     * @param to has one {@code #}, in whose place the numbers from 0 on stand
     * @param axis outermost is 0
     */
    record Unstack(String from, String to, int axis) implements Rule {
        public Unstack {
            KeyTemplate template = KeyTemplate.numbered(to, KeyPattern.parse(from));
            requireNumber(template.isNumbered(), "to", to);
            requireAxis(axis);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.unstack(this);
        }
    }

    /** The last two axes of tensors, exchanged. */
    record Transpose(String tensors) implements Rule {
        public Transpose {
            KeyPattern.parse(tensors);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.transpose(this);
        }
    }

    /**
     * The axes of tensors in another order.
     *
     * @param axes for each new axis the one that it was
     */
    record Permute(String tensors, List<Integer> axes) implements Rule {
        public Permute {
            KeyPattern.parse(tensors);
            axes = List.copyOf(axes);
            requireOrder("axes", axes);
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.permute(this);
        }
    }

    /**
     * The places along an axis in another order: the axis is seen as several, those are put into another order, and become one again.
     * So fused queries, keys and values of each head become those of all heads, and rotary pairs halves.
     *
     * @param axis outermost is 0
     * @param view the lengths that the axis is seen as; 0 for one of them stands for what is left
     * @param order for each new one the one that it was
     */
    record Reorder(String tensors, int axis, List<Integer> view, List<Integer> order) implements Rule {
        public Reorder {
            KeyPattern.parse(tensors);
            view = List.copyOf(view);
            order = List.copyOf(order);
            requireAxis(axis);
            requireOrder("order", order);
            if (view.size() != order.size()) {
                throw new IllegalArgumentException(
                        "`view` has " + view.size() + " lengths, and `order` has " + order.size());
            }
            if (view.stream().anyMatch(length -> length < 0)
                    || view.stream().filter(length -> length == 0).count() > 1) {
                throw new IllegalArgumentException(
                        "`view` is " + view + "; lengths are at least 1, and one of them may be 0 for what is left");
            }
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.reorder(this);
        }
    }

    /** All rules of a table, in its order. */
    final class Table implements Rule {
        private final NameTable table;
        private final Map<String, Integer> numbers;
        private final boolean inverted;
        private final Set<String> told;
        private final Optional<Rules> rules;

        /**
         * @param numbers what the table needs to know of the model, by the names that it gives them; those that {@code config.json}
         *     may tell can be left out
         * @param inverted whether they are undone: from the names of the running model to those on disk
         * @throws IllegalArgumentException if a number is missing that nobody else can tell, is none of the table's, or does not
         *     suit its rules
         */
        public Table(NameTable table, Map<String, Integer> numbers, boolean inverted) {
            this(table, numbers, Set.of(), inverted);
        }

        private Table(NameTable table, Map<String, Integer> numbers, Set<String> told, boolean inverted) {
            this.table = table;
            this.numbers = Map.copyOf(numbers);
            this.told = told;
            this.inverted = inverted;
            table.requireNumbers(numbers);
            // A table is read once, and its rules may be tried many times.
            this.rules = missing().isEmpty()
                    ? Optional.of(table.rules(this.numbers)).map(forward -> inverted ? forward.inverse() : forward)
                    : Optional.empty();
        }

        /** The same with the numbers that are not given and that a configuration tells, if they suit the rules. */
        Table toldBy(ModelConfiguration configuration) {
            Map<String, Integer> known = table.told(configuration);
            known.keySet().removeAll(numbers.keySet());
            if (known.isEmpty()) {
                return this;
            }
            Set<String> from = new TreeSet<>(known.keySet());
            known.putAll(numbers);
            try {
                return new Table(table, known, from, inverted);
            } catch (IllegalArgumentException unsuited) {
                return this;
            }
        }

        /** The same the other way round. */
        Table undone() {
            return new Table(table, numbers, told, !inverted);
        }

        /** Names of the numbers that are not known yet, sorted. */
        List<String> missing() {
            return table.missing(numbers);
        }

        /** Names of the numbers that a configuration has told, sorted. */
        Set<String> told() {
            return told;
        }

        public NameTable table() {
            return table;
        }

        public Map<String, Integer> numbers() {
            return numbers;
        }

        public boolean inverted() {
            return inverted;
        }

        /** What it stands for; empty while numbers are {@linkplain #missing missing}. */
        Optional<Rules> rules() {
            return rules;
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.table(this);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Table same
                    && table.equals(same.table)
                    && numbers.equals(same.numbers)
                    && inverted == same.inverted;
        }

        @Override
        public int hashCode() {
            return Objects.hash(table, numbers, inverted);
        }

        @Override
        public String toString() {
            return on(new RuleWords());
        }
    }

    private static void requireParts(String key, List<String> parts, int axis, List<Integer> sizes) {
        if (parts.size() < 2) {
            throw new IllegalArgumentException("`" + key + "` needs two names or more");
        }
        requireAxis(axis);
        if (!sizes.isEmpty() && sizes.size() != parts.size()) {
            throw new IllegalArgumentException(
                    "`sizes` has " + sizes.size() + " of them, and `" + key + "` " + parts.size() + " names");
        }
        if (sizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("`sizes` is " + sizes + "; each is at least 1");
        }
    }

    private static void requireNumber(boolean has, String key, String text) {
        if (!has) {
            throw new IllegalArgumentException(
                    "`" + key + "` is `" + text + "`; write `#` where the numbers of the tensors stand");
        }
    }

    private static void requireAxis(int axis) {
        if (axis < 0) {
            throw new IllegalArgumentException("`axis` is " + axis + "; the outermost is 0");
        }
    }

    private static void requireOrder(String key, List<Integer> order) {
        boolean isOrder = new HashSet<>(order).size() == order.size()
                && order.stream().allMatch(place -> place >= 0 && place < order.size());
        if (!isOrder || order.size() < 2) {
            throw new IllegalArgumentException(
                    "`" + key + "` is " + order + "; each number from 0 on must stand there once, as in [1, 0]");
        }
    }
}
