package io.graft.tensor;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a new tensor starts, under the names that PyTorch has for it. Random values follow from a seed, the tensor's name and the place
 * in the tensor, so that they repeat whatever else is made before, after or elsewhere.
 *
 * <p>Fans are counted as PyTorch counts them: the second axis is what goes in, the first what comes out, each times all axes after
 * them.
 *
 * @param kind the rule
 * @param parameter the number that goes with it; 0 where it has none
 */
public record Initializer(Kind kind, double parameter) {
    private static final Pattern TEXT = Pattern.compile("([a-z-]+)(?:\\(([^()]+)\\))?");

    private static final Set<Kind> FIXED = EnumSet.of(Kind.ZEROS, Kind.ONES, Kind.CONSTANT);

    private static final Set<Kind> BY_FANS = EnumSet.range(Kind.LINEAR, Kind.XAVIER_NORMAL);

    /** The rules. */
    public enum Kind {
        /** Nothing but 0. */
        ZEROS(false),
        /** Nothing but 1. */
        ONES(false),
        /** Nothing but the parameter. */
        CONSTANT(true),
        /** Normal around 0, with the parameter as its standard deviation. */
        NORMAL(true),
        /** Uniform between the parameter below and above 0. */
        UNIFORM(true),
        /** Uniform up to one through the root of the fan in: what PyTorch's Linear and Conv do with their weight and their bias. */
        LINEAR(false),
        /** Uniform up to the root of 6 through the fan in ({@code kaiming_uniform_}). */
        KAIMING_UNIFORM(false),
        /** Normal with the root of 2 through the fan in ({@code kaiming_normal_}). */
        KAIMING_NORMAL(false),
        /** Uniform up to the root of 6 through the sum of both fans ({@code xavier_uniform_}). */
        XAVIER_UNIFORM(false),
        /** Normal with the root of 2 through the sum of both fans ({@code xavier_normal_}). */
        XAVIER_NORMAL(false);

        private final boolean takesParameter;

        Kind(boolean takesParameter) {
            this.takesParameter = takesParameter;
        }

        /** As it is written: {@code kaiming-uniform}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @throws IllegalArgumentException if the number is missing, is none or does not fit
     */
    public Initializer {
        if (!Double.isFinite(parameter) || (parameter < 0 && kind != Kind.CONSTANT)) {
            throw new IllegalArgumentException("`" + kind.id() + "` cannot take " + parameter);
        }
    }

    /** One without a number. */
    public static Initializer of(Kind kind) {
        return new Initializer(kind, 0);
    }

    /**
     * One as it is written: {@code zeros}, {@code normal(0.02)}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Initializer parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        String id = matcher.matches() ? matcher.group(1) : "";
        Kind kind = Arrays.stream(Kind.values())
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("`" + text + "` is no initializer: " + allowed() + " are"));
        String number = matcher.group(2);
        if ((number == null) == kind.takesParameter) {
            throw new IllegalArgumentException("`" + text + "` "
                    + (kind.takesParameter ? "needs a number: `" + id + "(0.02)`" : "takes no number"));
        }
        try {
            return new Initializer(kind, number == null ? 0 : Double.parseDouble(number));
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("`" + number + "` in `" + text + "` is no number", noNumber);
        }
    }

    /** Every way to write one, for messages. */
    public static String allowed() {
        return Arrays.stream(Kind.values())
                .map(kind -> kind.takesParameter ? kind.id() + "(NUMBER)" : kind.id())
                .collect(Collectors.joining(", "));
    }

    /**
     * A tensor that starts so.
     *
     * @param name full name, which random values follow from
     * @param weight shape that the fans are counted of: the tensor's own, or that of the weight beside a bias
     * @throws IllegalArgumentException if numbers cannot be converted to the dtype, or if fans are needed and the weight has fewer
     *     than two axes
     */
    public LazyTensor tensor(long seed, String name, DType dtype, Shape shape, Shape weight) {
        if (BY_FANS.contains(kind) && weight.rank() < 2) {
            throw new IllegalArgumentException(
                    "`" + kind.id() + "` counts what goes in and out, and `" + name + "` has shape " + shape);
        }
        String operation = this + (isRandom() ? ", seed " + seed : "");
        return LazyTensors.generate(operation, dtype, shape, elements(PlacedRandom.of(seed, name), weight));
    }

    private boolean isRandom() {
        return !FIXED.contains(kind);
    }

    private LongToDoubleFunction elements(PlacedRandom random, Shape weight) {
        return switch (kind) {
            case ZEROS -> place -> 0;
            case ONES -> place -> 1;
            case CONSTANT -> place -> parameter;
            case NORMAL -> random.normal(parameter);
            case UNIFORM -> random.uniform(parameter);
            case LINEAR -> random.uniform(1 / Math.sqrt(fanIn(weight)));
            case KAIMING_UNIFORM -> random.uniform(Math.sqrt(6.0 / fanIn(weight)));
            case KAIMING_NORMAL -> random.normal(Math.sqrt(2.0 / fanIn(weight)));
            case XAVIER_UNIFORM -> random.uniform(Math.sqrt(6.0 / (fanIn(weight) + fanOut(weight))));
            case XAVIER_NORMAL -> random.normal(Math.sqrt(2.0 / (fanIn(weight) + fanOut(weight))));
        };
    }

    private static double fanIn(Shape weight) {
        return Math.max(1.0, weight.dimension(1) * field(weight));
    }

    private static double fanOut(Shape weight) {
        return weight.dimension(0) * field(weight);
    }

    private static double field(Shape weight) {
        return weight.dimensions().stream().skip(2).mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
    }

    /** As it is written. */
    @Override
    public String toString() {
        return kind.takesParameter ? kind.id() + "(" + parameter + ")" : kind.id();
    }
}
