package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.expectFirst;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.jakarta;
import static io.graft.processor.Mistakes.options;
import static io.graft.processor.Mistakes.warning;

import com.google.testing.compile.JavaFileObjects;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes of defaults and constraints; one test for each code. */
class ValueMistakesTest {
    @Test
    void badDefault() {
        expect(
                error("bad-default", "@Default(\"eight\") is not an int."),
                file("Demo", DEMO),
                options("@Default(»\"eight\") int name"));
    }

    @Test
    void badDefaultOfAnEnum() {
        expect(
                error("bad-default", "@Default(\"fp8\") is not one of: bf16, full-precision."),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FULL_PRECISION }"),
                options("@Default(»\"fp8\") Kind name"));
    }

    @Test
    void badDefaultOfAList() {
        expect(
                error("bad-default", "@Default(\"[1, x]\") is not a List<Integer>."),
                file("Demo", DEMO),
                options("@Default(»\"[1, x]\") List<Integer> name"));
    }

    @Test
    void badDefaultOfANestedRecord() {
        expect(
                error("bad-default", "@Default(\"{ sise = 1 }\") is not a Window."),
                file("Demo", DEMO),
                file("Window", "/** @param size one */ public record Window(int size) {}"),
                options("@Default(»\"{ sise = 1 }\") Window name"));
    }

    @Test
    void badDefaultOfASelector() {
        expect(
                error("bad-default", "@Default(\"re:(\") is not a Selector."),
                file("Demo", DEMO),
                options("@Default(»\"re:(\") Selector name"));
    }

    @Test
    void defaultViolatesRange() {
        expect(
                error("default-violates", "@Default(\"0\") violates @Range(min=1) on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"0\") @Range(min = 1) int name"));
    }

    @Test
    void defaultViolatesNotEmpty() {
        expect(
                error("default-violates", "@Default(\"[]\") violates @NotEmpty on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"[]\") @NotEmpty List<String> name"));
    }

    @Test
    void defaultUnit() {
        expect(
                error("default-unit", "@Default(\"5\") for a Duration needs a unit, e.g. \"5s\"."),
                file("Demo", DEMO),
                options("@Default(»\"5\") java.time.Duration name"));
    }

    @Test
    void constraintType() {
        expect(
                error("constraint-type", "@Range applies to numbers; `name` is String."),
                file("Demo", DEMO),
                options("»@Range(min = 1) String name"));
    }

    @Test
    void emptyRange() {
        expect(
                error("empty-range", "@Range(min=10, max=1) admits no value."),
                file("Demo", DEMO),
                options("»@Range(min = 10, max = 1) int name"));
    }

    @Test
    void emptySize() {
        expect(
                error("empty-range", "@Size(min=3, max=2) admits no value."),
                file("Demo", DEMO),
                options("»@Size(min = 3, max = 2) String name"));
    }

    @Test
    void rangePrecision() {
        expect(
                error("range-precision", "max = 1e20 exceeds the range of int."),
                file("Demo", DEMO),
                options("»@Range(max = 1e20) int name"));
    }

    @Test
    void constraintTypeOfMatches() {
        expect(
                error("constraint-type", "@Matches applies to String, Path or enum; `name` is int."),
                file("Demo", DEMO),
                options("»@Matches(\"a\") int name"));
    }

    @Test
    void constraintTypeOfOneOf() {
        expect(
                error("constraint-type", "@OneOf applies to String, numbers or enum; `name` is boolean."),
                file("Demo", DEMO),
                options("»@OneOf(\"true\") boolean name"));
    }

    @Test
    void constraintTypeOfEach() {
        expect(
                error("constraint-type", "@Each applies to List or Set of String; `name` is List<Integer>."),
                file("Demo", DEMO),
                options("»@Each(nonBlank = true) List<Integer> name"));
    }

    @Test
    void constraintTypeOfEachUnique() {
        expect(
                error("constraint-type", "@Each applies to List or Set; `name` is String."),
                file("Demo", DEMO),
                options("»@Each(unique = true) String name"));
    }

    @Test
    void badPattern() {
        expect(
                error("bad-pattern", "@Matches(\"[a-\"): Illegal character range near index 3."),
                file("Demo", DEMO),
                options("@Default(\"a\") @Matches(»\"[a-\") String name"));
    }

    @Test
    void defaultViolatesMatches() {
        expect(
                error("default-violates", "@Default(\"a1\") violates @Matches(\"[a-z]+\") on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"a1\") @Matches(\"[a-z]+\") String name"));
    }

    @Test
    void defaultViolatesOneOf() {
        expect(
                error("default-violates", "@Default(\"bf16\") violates @OneOf({\"fp-32\"}) on the same component."),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FP_32 }"),
                options("@Default(»\"bf16\") @OneOf({\"fp-32\"}) Kind name"));
    }

    @Test
    void defaultKeepsOneOf() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Kind", "public enum Kind { BF16, FP_32 }"),
                options("@Default(\"fp-32\") @OneOf(\"fp-32\") Kind name"));
    }

    @Test
    void defaultViolatesEach() {
        expect(
                error("default-violates", "@Default(\"[a, a]\") violates @Each(unique=true) on the same component."),
                file("Demo", DEMO),
                options("@Default(»\"[a, a]\") @Each(unique = true) List<String> name"));
    }

    @Test
    void defaultViolatesJakarta() {
        expectFirst(
                error("default-violates", "@Default(\"0\") violates @Min(1) on the same component."),
                file("Demo", DEMO),
                jakarta("Min", "long value();"),
                options("@Default(»\"0\") @jakarta.validation.constraints.Min(1) int name"));
    }

    @Test
    void unknownConstraint() {
        expectFirst(
                warning(
                        "unknown-constraint",
                        "@jakarta.validation.constraints.Email is not enforced by this processor; supported: DecimalMax,"
                                + " DecimalMin, Digits, Max, Min, Negative, NegativeOrZero, NotBlank, NotEmpty, NotNull,"
                                + " Pattern (without flags), Positive, PositiveOrZero, Size; write a @Check."),
                file("Demo", DEMO),
                jakarta("Email", ""),
                options("»@jakarta.validation.constraints.Email String name"));
    }

    @Test
    void unknownConstraintOfOthers() {
        expectFirst(
                warning(
                        "unknown-constraint",
                        "@com.acme.Even is not enforced by this processor; supported: DecimalMax,"
                                + " DecimalMin, Digits, Max, Min, Negative, NegativeOrZero, NotBlank, NotEmpty, NotNull,"
                                + " Pattern (without flags), Positive, PositiveOrZero, Size; write a @Check."),
                file("Demo", DEMO),
                JavaFileObjects.forSourceString(
                        "jakarta.validation.Constraint", "package jakarta.validation; public @interface Constraint {}"),
                file("Even", "@jakarta.validation.Constraint public @interface Even {}"),
                options("»@Even int name"));
    }
}
