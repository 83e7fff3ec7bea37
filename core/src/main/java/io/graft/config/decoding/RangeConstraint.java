package io.graft.config.decoding;

import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Limits of numbers, compared exactly. */
record RangeConstraint(Optional<BigDecimal> min, Optional<BigDecimal> max, boolean exclusiveMin, boolean exclusiveMax)
        implements Constraint<Number> {
    static RangeConstraint of(long min, long max) {
        return new RangeConstraint(
                Optional.of(BigDecimal.valueOf(min)), Optional.of(BigDecimal.valueOf(max)), false, false);
    }

    static RangeConstraint of(double min, double max, boolean exclusiveMin, boolean exclusiveMax) {
        return new RangeConstraint(limit(min), limit(max), exclusiveMin, exclusiveMax);
    }

    @Override
    public List<Problem> check(Number value, ConfigCursor cursor) {
        BigDecimal exact = exact(value);
        boolean tooLow = min.filter(limit -> exact.compareTo(limit) < (exclusiveMin ? 1 : 0))
                .isPresent();
        boolean tooHigh = max.filter(limit -> exact.compareTo(limit) > (exclusiveMax ? -1 : 0))
                .isPresent();
        return tooLow || tooHigh
                ? List.of(cursor.error(ProblemCode.OUT_OF_RANGE, "must be " + description(), help(exact, cursor)))
                : List.of();
    }

    private String description() {
        if (min.isPresent() && max.isPresent() && !exclusiveMin && !exclusiveMax) {
            return "between " + NumberText.plain(min.get()) + " and " + NumberText.plain(max.get());
        }
        Optional<String> low =
                min.map(limit -> (exclusiveMin ? "greater than " : "at least ") + NumberText.plain(limit));
        Optional<String> high = max.map(limit -> (exclusiveMax ? "less than " : "at most ") + NumberText.plain(limit));
        return low.isPresent() && high.isPresent()
                ? low.get() + " and " + high.get()
                : low.or(() -> high).orElse("");
    }

    /** A fraction above 1 is often meant as a percentage. */
    private String help(BigDecimal value, ConfigCursor cursor) {
        boolean fraction = min.filter(limit -> limit.signum() == 0).isPresent()
                && max.filter(limit -> limit.compareTo(BigDecimal.ONE) == 0).isPresent();
        if (!fraction || value.compareTo(BigDecimal.ONE) <= 0 || value.compareTo(BigDecimal.valueOf(100)) > 0) {
            return "";
        }
        BigDecimal percent =
                NumberText.isInteger(value) && !cursor.isSecret() ? value.stripTrailingZeros() : BigDecimal.valueOf(15);
        BigDecimal written = percent.movePointLeft(2).stripTrailingZeros();
        return "for " + percent.toPlainString() + " % write " + written.toPlainString();
    }

    private static Optional<BigDecimal> limit(double limit) {
        // through the shortest decimal, so that a limit of 0.1 is what its author wrote
        return Double.isInfinite(limit)
                ? Optional.empty()
                : Optional.of(new BigDecimal(Double.toString(limit)).stripTrailingZeros());
    }

    private static BigDecimal exact(Number value) {
        return value instanceof Double || value instanceof Float
                ? new BigDecimal(value.toString())
                : BigDecimal.valueOf(value.longValue());
    }
}
