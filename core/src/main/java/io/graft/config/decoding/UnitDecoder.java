package io.graft.config.decoding;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Found;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Suggestions;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decodes a number with its unit, {@code 5 minutes} or {@code 5GB}; a bare number says too little.
 *
 * @param quantity what it is, for messages: {@code a duration}
 * @param units what each unit is worth in the smallest one
 * @param shown the units that messages name
 * @param ambiguous units that people use for two things, and what to write instead
 * @param examples units to show where one is missing, with the space that looks right
 * @param type from the quantity in the smallest unit
 */
record UnitDecoder<T>(
        String quantity,
        Map<String, BigDecimal> units,
        List<String> shown,
        Map<String, String> ambiguous,
        List<String> examples,
        Function<Long, T> type)
        implements ValueDecoder<T> {
    @Override
    public Bound<T> decode(ConfigCursor cursor) {
        Optional<String> text = cursor.text().map(String::strip);
        int end = text.map(UnitDecoder::numberEnd).orElse(0);
        Optional<BigDecimal> number = text.flatMap(whole -> NumberText.exact(whole.substring(0, end)));
        if (number.isEmpty()) {
            return new Bound.Failed<>(
                    Found.wrongType(cursor, quantity, "write a number and a unit, such as `5" + examples.get(0) + "`"));
        }
        String unit = text.get().substring(end).strip();
        if (unit.isEmpty() || NumberText.exact(text.get()).isPresent()) {
            return failed(cursor, ProblemCode.MISSING_UNIT, missingUnit(cursor, number.get()), "");
        }
        BigDecimal worth = units.get(unit);
        if (worth == null) {
            return failed(cursor, ProblemCode.UNKNOWN_UNIT, unknownUnit(cursor, unit), unitHelp(cursor, unit));
        }
        return convert(cursor, number.get(), worth);
    }

    private Bound<T> convert(ConfigCursor cursor, BigDecimal number, BigDecimal worth) {
        if (number.signum() < 0) {
            return failed(cursor, ProblemCode.OUT_OF_RANGE, "must not be negative", "");
        }
        BigDecimal amount = number.multiply(worth);
        boolean fits = !NumberText.isHuge(amount) && amount.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
        if (!fits) {
            return failed(cursor, ProblemCode.INTEGER_OVERFLOW, Found.quote(cursor) + " is too large", "");
        }
        if (!NumberText.isInteger(amount)) {
            String message = Found.quote(cursor) + " is no whole number of `" + shown.get(0) + "`";
            return failed(cursor, ProblemCode.NOT_AN_INTEGER, message, "");
        }
        return new Bound.Ok<>(type.apply(amount.longValueExact()));
    }

    private String missingUnit(ConfigCursor cursor, BigDecimal number) {
        String shownNumber = cursor.isSecret() ? "5" : NumberText.plain(number);
        List<String> written =
                examples.stream().map(unit -> "`" + shownNumber + unit + "`").toList();
        return quantity + " needs a unit: write " + String.join(", ", written);
    }

    private String unknownUnit(ConfigCursor cursor, String unit) {
        String offending = cursor.isSecret() ? "the unit" : Quoting.quote(unit);
        return offending + " is no unit of " + quantity + "; the units are " + String.join(", ", shown);
    }

    private String unitHelp(ConfigCursor cursor, String unit) {
        if (cursor.isSecret()) {
            return "";
        }
        return Optional.ofNullable(ambiguous.get(unit)).orElseGet(() -> Suggestions.didYouMean(unit, units.keySet()));
    }

    private static int numberEnd(String text) {
        int end = 0;
        while (end < text.length() && "+-.0123456789".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private static <T> Bound<T> failed(ConfigCursor cursor, ProblemCode code, String message, String help) {
        return new Bound.Failed<>(cursor.error(code, message, help));
    }
}
