package io.graft.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The constraints behind the annotations of options: {@link Range}, {@link NotEmpty}, {@link NotBlank}, {@link Size}. */
public final class Constraints {
    private Constraints() {}

    /** Integers from {@code min} to {@code max}. */
    public static Constraint<Number> range(long min, long max) {
        return RangeConstraint.of(min, max);
    }

    /** Numbers from {@code min} to {@code max}; an infinite limit is none. */
    public static Constraint<Number> range(double min, double max) {
        return range(min, max, false, false);
    }

    /** Numbers from {@code min} to {@code max}, each itself allowed or not; an infinite limit is none. */
    public static Constraint<Number> range(double min, double max, boolean exclusiveMin, boolean exclusiveMax) {
        return RangeConstraint.of(min, max, exclusiveMin, exclusiveMax);
    }

    /** Collections, maps and texts that hold something. */
    public static Constraint<Object> notEmpty() {
        return (value, cursor) -> {
            boolean empty = length(value).orElse(1) == 0;
            return empty ? List.of(cursor.error(ProblemCode.EMPTY, "must not be empty", "")) : List.of();
        };
    }

    /** Texts with a character that is not white space; in a collection, each element. */
    public static Constraint<Object> notBlank() {
        return (value, cursor) -> {
            if (value instanceof CharSequence text) {
                return isBlank(text) ? List.of(cursor.error(ProblemCode.BLANK, "must not be blank", "")) : List.of();
            }
            return value instanceof Collection<?> elements ? blankElements(elements, cursor) : List.of();
        };
    }

    /** Collections, maps and texts of {@code min} to {@code max} elements or characters. */
    public static Constraint<Object> size(int min, int max) {
        return (value, cursor) -> {
            int length = length(value).orElse(min);
            if (length >= min && length <= max) {
                return List.of();
            }
            String wanted = min == max
                    ? "exactly " + min
                    : max == Integer.MAX_VALUE
                            ? "at least " + min
                            : min == 0 ? "at most " + max : "between " + min + " and " + max;
            String unit = value instanceof CharSequence ? "character" : value instanceof Map ? "entry" : "element";
            String message =
                    "must have " + wanted + " " + plural(unit, wanted.endsWith(" 1") && !wanted.contains("and"));
            return List.of(cursor.error(ProblemCode.SIZE, message + ", has " + length, ""));
        };
    }

    /** Two constraints, both checked. */
    static <T> Constraint<T> both(Constraint<? super T> first, Constraint<? super T> second) {
        return (value, cursor) -> {
            List<Problem> problems = new ArrayList<>(first.check(value, cursor));
            problems.addAll(second.check(value, cursor));
            return problems;
        };
    }

    private static List<Problem> blankElements(Collection<?> elements, ConfigCursor cursor) {
        List<Problem> problems = new ArrayList<>();
        int index = 0;
        for (Object element : elements) {
            if (element instanceof CharSequence text && isBlank(text)) {
                problems.add(cursor.at("[" + index + "]")
                        .error(ProblemCode.BLANK_ELEMENT, "element " + index + " must not be blank", ""));
            }
            index++;
        }
        return problems;
    }

    private static boolean isBlank(CharSequence text) {
        return text.toString().isBlank();
    }

    private static OptionalInt length(Object value) {
        if (value instanceof Collection<?> collection) {
            return OptionalInt.of(collection.size());
        }
        if (value instanceof Map<?, ?> map) {
            return OptionalInt.of(map.size());
        }
        return value instanceof CharSequence text
                ? OptionalInt.of(text.toString().codePointCount(0, text.length()))
                : OptionalInt.empty();
    }

    private static String plural(String unit, boolean one) {
        return one ? unit : unit.equals("entry") ? "entries" : unit + "s";
    }
}
