package io.graft.config.decoding;

import io.graft.config.Each;
import io.graft.config.Matches;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.OneOf;
import io.graft.config.Range;
import io.graft.config.Size;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The constraints behind the annotations of options: {@link Range}, {@link NotEmpty}, {@link NotBlank}, {@link Size},
 * {@link Matches}, {@link OneOf}, {@link Each}.
 */
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

    /** Texts, paths and constants that a regular expression matches wholly, as the file writes them. */
    public static Constraint<Object> matches(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return (value, cursor) -> pattern.matcher(written(value, cursor)).matches()
                ? List.of()
                : List.of(cursor.error(ProblemCode.PATTERN, "must match `" + regex + "`", ""));
    }

    /** Texts, numbers and constants that are among these, each as a file would write it. */
    public static Constraint<Object> oneOf(String... allowed) {
        List<String> all = List.of(allowed);
        return (value, cursor) -> {
            String text = written(value, cursor);
            if (all.stream().anyMatch(one -> isSame(value, text, one))) {
                return List.of();
            }
            String closest = Suggestions.closest(text, all)
                    .filter(one -> !cursor.isSecret())
                    .map(one -> "closest is `" + one + "`")
                    .orElse("");
            return List.of(cursor.error(ProblemCode.ONE_OF, "expected one of: " + String.join(", ", all), closest));
        };
    }

    /** Collections whose elements are like this. */
    public static Constraint<Collection<?>> each(boolean nonBlank, boolean unique) {
        return (value, cursor) -> {
            List<Problem> problems = new ArrayList<>(nonBlank ? blankElements(value, cursor) : List.of());
            if (unique) {
                problems.addAll(repeatedElements(List.copyOf(value), cursor));
            }
            return problems;
        };
    }

    /** Decimal numbers with at most so many digits before and after the point. */
    public static Constraint<Number> digits(int integer, int fraction) {
        return (value, cursor) -> {
            BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
            boolean fits = number.precision() - number.scale() <= integer && number.scale() <= fraction;
            String message = "must have at most " + integer + " " + plural("digit", integer == 1)
                    + " before the point and " + fraction + " after it";
            return fits ? List.of() : List.of(cursor.error(ProblemCode.OUT_OF_RANGE, message, ""));
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

    private static List<Problem> repeatedElements(List<?> elements, ConfigCursor cursor) {
        List<Problem> problems = new ArrayList<>();
        for (int index = 0; index < elements.size(); index++) {
            int first = elements.indexOf(elements.get(index));
            if (first < index) {
                problems.add(cursor.at("[" + index + "]")
                        .error(
                                ProblemCode.DUPLICATE_ELEMENT,
                                "element " + index + " is the same as element " + first,
                                "remove one"));
            }
        }
        return problems;
    }

    /** A value as a file would write it; a path as it was written, since the value is absolute. */
    private static String written(Object value, ConfigCursor cursor) {
        if (value instanceof Enum<?> constant) {
            return Spelling.of(constant);
        }
        return value instanceof Path ? cursor.text().orElse(value.toString()) : value.toString();
    }

    private static boolean isSame(Object value, String text, String allowed) {
        boolean sameNumber = value instanceof Number
                && NumberText.exact(text)
                        .flatMap(number -> NumberText.exact(allowed).filter(other -> number.compareTo(other) == 0))
                        .isPresent();
        return sameNumber || text.equals(allowed);
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
