package io.graft.config.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.problem.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConstraintsTest {
    private static final double NONE = Double.POSITIVE_INFINITY;

    private static <T> String check(Constraint<? super T> constraint, T value) {
        List<Problem> problems = constraint.check(value, ConfigCursor.literal("x"));
        return problems.isEmpty()
                ? ""
                : problems.get(0).code().id() + ": " + problems.get(0).message();
    }

    @Test
    void limitsThemselvesAreAllowedUnlessExcluded() {
        assertEquals("", check(Constraints.range(1, 4096), 1));
        assertEquals("", check(Constraints.range(1, 4096), 4096));
        assertEquals("out-of-range: must be between 1 and 4096", check(Constraints.range(1, 4096), 4097));
        Constraint<Number> open = Constraints.range(0, 1, true, true);
        assertEquals("out-of-range: must be greater than 0 and less than 1", check(open, 0.0));
        assertEquals("", check(open, Math.nextUp(0.0)));
        assertEquals("out-of-range: must be greater than 0 and less than 1", check(open, 1.0));
        assertEquals("", check(open, Math.nextDown(1.0)));
        assertEquals(
                "out-of-range: must be at least 0 and less than 1", check(Constraints.range(0, 1, false, true), 1));
    }

    @Test
    void aLimitMayBeMissing() {
        assertEquals("out-of-range: must be greater than 0", check(Constraints.range(0, NONE, true, false), 0));
        assertEquals("out-of-range: must be at most 0.5", check(Constraints.range(-NONE, 0.5), 0.75f));
        assertEquals("", check(Constraints.range(-NONE, NONE), Long.MIN_VALUE));
    }

    @Test
    void limitsOfLongsAreExact() {
        long limit = (1L << 53) + 1;
        assertEquals("", check(Constraints.range(0, limit), limit));
        assertEquals(
                "out-of-range: must be between 0 and 9007199254740993", check(Constraints.range(0, limit), limit + 1));
    }

    @Test
    void aFloatIsComparedAsItIsWritten() {
        assertEquals("", check(Constraints.range(0.0, 0.1), 0.1f));
    }

    @Test
    void sizesCountElementsEntriesAndCharacters() {
        assertEquals("size: must have exactly 1 element, has 2", check(Constraints.size(1, 1), List.of(1, 2)));
        assertEquals("size: must have at most 1 entry, has 2", check(Constraints.size(0, 1), Map.of(1, 1, 2, 2)));
        assertEquals(
                "size: must have between 2 and 3 characters, has 1", check(Constraints.size(2, 3), "\uD83D\uDE00"));
        assertEquals(
                "size: must have at least 2 elements, has 0", check(Constraints.size(2, Integer.MAX_VALUE), List.of()));
        assertEquals("", check(Constraints.size(2, 3), List.of(1, 2)));
    }

    @Test
    void emptyAndBlankDiffer() {
        assertEquals("empty: must not be empty", check(Constraints.notEmpty(), ""));
        assertEquals("", check(Constraints.notEmpty(), " "));
        assertEquals("blank: must not be blank", check(Constraints.notBlank(), " "));
        assertEquals("empty: must not be empty", check(Constraints.notEmpty(), Map.of()));
        assertEquals("blank-element: element 1 must not be blank", check(Constraints.notBlank(), List.of("a", "\t")));
        assertEquals("", check(Constraints.notBlank(), List.of()));
    }

    private enum Precision {
        BF16,
        FULL_PRECISION
    }

    @Test
    void aPatternMatchesTheWholeText() {
        assertEquals("", check(Constraints.matches("[a-z]+"), "abc"));
        assertEquals("pattern: must match `[a-z]+`", check(Constraints.matches("[a-z]+"), "abc1"));
        assertEquals("", check(Constraints.matches("full-.*"), Precision.FULL_PRECISION));
    }

    @Test
    void oneOfComparesNumbersByTheirValue() {
        assertEquals("", check(Constraints.oneOf("4", "8"), 8L));
        assertEquals("", check(Constraints.oneOf("0.5", "1"), 1.0));
        assertEquals("one-of: expected one of: 4, 8", check(Constraints.oneOf("4", "8"), 6));
        assertEquals("", check(Constraints.oneOf("bf16"), Precision.BF16));
        assertEquals("one-of: expected one of: bf16", check(Constraints.oneOf("bf16"), Precision.FULL_PRECISION));
        assertEquals("one-of: expected one of: 1", check(Constraints.oneOf("1"), "1.0"));
    }

    @Test
    void eachElementIsLookedAt() {
        assertEquals("", check(Constraints.each(false, false), List.of("", "")));
        assertEquals(
                "blank-element: element 1 must not be blank", check(Constraints.each(true, false), List.of("a", " ")));
        assertEquals(
                "duplicate-element: element 2 is the same as element 0",
                check(Constraints.each(false, true), List.of(1, 2, 1)));
    }

    @Test
    void digitsAreCountedAroundThePoint() {
        assertEquals("", check(Constraints.digits(3, 2), 999.25));
        assertEquals("", check(Constraints.digits(3, 0), 100));
        assertEquals(
                "out-of-range: must have at most 3 digits before the point and 2 after it",
                check(Constraints.digits(3, 2), 1000));
        assertEquals(
                "out-of-range: must have at most 1 digit before the point and 2 after it",
                check(Constraints.digits(1, 2), 0.125));
    }
}
