package io.graft.config.decoding;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Found;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decodes numbers exactly: nothing is rounded to fit, and a text is a number only where it comes from outside every file,
 * as all values do there.
 *
 * @param expected the kind of number, for messages
 * @param conversion from the exact number, or why there is none
 */
record NumberDecoder<T>(String expected, Conversion<T> conversion) implements ValueDecoder<T> {
    /** Turns an exact number into one of a type. */
    interface Conversion<T> {
        Bound<T> convert(BigDecimal number, ConfigCursor cursor);
    }

    /** Integers of a type with these limits. */
    static <T> NumberDecoder<T> integer(int bits, Function<Long, T> type) {
        BigDecimal max = BigDecimal.valueOf(Long.MAX_VALUE >> (64 - bits));
        BigDecimal min = BigDecimal.valueOf(Long.MIN_VALUE >> (64 - bits));
        return new NumberDecoder<>("an integer", (number, cursor) -> {
            if (!NumberText.isInteger(number)) {
                return new Bound.Failed<>(cursor.error(
                        ProblemCode.NOT_AN_INTEGER, "expected an integer, found " + Found.describe(cursor), ""));
            }
            if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
                String message = Found.quote(cursor) + " does not fit an integer of " + bits + " bits";
                String help = "give a number from " + min + " to " + max;
                return new Bound.Failed<>(cursor.error(ProblemCode.INTEGER_OVERFLOW, message, help));
            }
            return new Bound.Ok<>(type.apply(number.longValueExact()));
        });
    }

    static NumberDecoder<Double> float64() {
        return new NumberDecoder<>("a number", (number, cursor) -> {
            double value = number.doubleValue();
            return Double.isInfinite(value) ? tooLarge(cursor, 64) : new Bound.Ok<>(value);
        });
    }

    static NumberDecoder<Float> float32() {
        return new NumberDecoder<>("a number", (number, cursor) -> {
            float value = number.floatValue();
            return Float.isInfinite(value) ? tooLarge(cursor, 32) : new Bound.Ok<>(value);
        });
    }

    @Override
    public Bound<T> decode(ConfigCursor cursor) {
        Object value = cursor.unwrapped();
        if (!(value instanceof Number || value instanceof String)) {
            return new Bound.Failed<>(Found.wrongType(cursor, expected));
        }
        String text = cursor.text().orElse("").strip();
        boolean isNumber = value instanceof Number || cursor.isOutside();
        Optional<BigDecimal> number = isNumber ? NumberText.exact(text) : beyondLong(text);
        return number.map(exact -> conversion.convert(exact, cursor))
                .orElseGet(() -> new Bound.Failed<>(refuse(text, cursor)));
    }

    /** An integer that the parser gives as text because it does not fit a long. */
    private static Optional<BigDecimal> beyondLong(String text) {
        return NumberText.exact(text)
                .filter(number -> text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9')))
                .filter(number -> number.precision() > 18)
                .filter(number -> number.toBigInteger().bitLength() > 63);
    }

    private Problem refuse(String text, ConfigCursor cursor) {
        if (isNotFinite(text)) {
            return cursor.error(ProblemCode.NOT_FINITE, "expected " + expected + ", found " + Found.quote(cursor), "");
        }
        Optional<BigDecimal> meant = NumberText.meant(text);
        if (meant.isEmpty()) {
            return Found.wrongType(cursor, expected);
        }
        String plain = NumberText.plain(meant.get());
        String write = cursor.isSecret() ? "" : "write `" + plain + "`" + (plain.equals(text) ? " without quotes" : "");
        return cursor.error(
                ProblemCode.STRING_AS_NUMBER, "expected " + expected + ", found " + Found.describe(cursor), write);
    }

    private static boolean isNotFinite(String text) {
        String word = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        return word.equalsIgnoreCase("nan") || word.equalsIgnoreCase("infinity") || word.equalsIgnoreCase("inf");
    }

    private static <T> Bound<T> tooLarge(ConfigCursor cursor, int bits) {
        return new Bound.Failed<>(cursor.error(
                ProblemCode.NOT_FINITE, Found.quote(cursor) + " does not fit a number of " + bits + " bits", ""));
    }
}
