package io.graft.processor.check;

import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which constraints a component may have. */
final class ConstraintRules {
    static final List<Rule<KeyModel>> ALL = List.of(
            ConstraintRules::optionalDefault,
            eachConstraint(ConstraintRules::type),
            ConstraintRules::unknown,
            eachConstraint(ConstraintRules::emptyRange),
            eachConstraint(ConstraintRules::badPattern),
            eachConstraint(ConstraintRules::rangePrecision));

    private static final String SUPPORTED = "DecimalMax, DecimalMin, Digits, Max, Min, Negative, NegativeOrZero,"
            + " NotBlank, NotEmpty, NotNull, Pattern (without flags), Positive, PositiveOrZero, Size";

    private static final Map<ScalarKind, Double> LARGEST = Map.of(
            ScalarKind.BYTE, (double) Byte.MAX_VALUE,
            ScalarKind.SHORT, (double) Short.MAX_VALUE,
            ScalarKind.INT, (double) Integer.MAX_VALUE,
            ScalarKind.LONG, (double) Long.MAX_VALUE);

    private ConstraintRules() {}

    private static Rule<KeyModel> eachConstraint(BiFunction<KeyModel, ConstraintModel, Report> question) {
        return key -> Report.all(key.constraints().stream().map(constraint -> question.apply(key, constraint)));
    }

    private static Report optionalDefault(KeyModel key) {
        return key.defaultValue()
                .filter(literal -> key.shape() instanceof TypeShape.OptionalOf)
                .map(literal -> Report.of(
                        MistakeCode.OPTIONAL_DEFAULT,
                        literal.at(),
                        "`%s` is Optional and has @Default; pick one.".formatted(key.component())))
                .orElse(Report.clean());
    }

    private static Report type(KeyModel key, ConstraintModel constraint) {
        TypeShape shape = key.shape() instanceof TypeShape.OptionalOf optional ? optional.value() : key.shape();
        if (constraint instanceof ConstraintModel.Range || constraint instanceof ConstraintModel.Digits) {
            return typeUnless(isNumber(shape), key, constraint, "numbers");
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return typeUnless(holdsText(shape), key, constraint, "String, and to List or Set of String");
        } else if (constraint instanceof ConstraintModel.Matches) {
            return typeUnless(isWritten(shape), key, constraint, "String, Path or enum");
        } else if (constraint instanceof ConstraintModel.OneOf) {
            boolean isName = isText(shape) || shape instanceof TypeShape.EnumOf;
            return typeUnless(isName || isNumber(shape), key, constraint, "String, numbers or enum");
        } else if (constraint instanceof ConstraintModel.Each each) {
            return each.nonBlank()
                    ? typeUnless(hasTexts(shape), key, constraint, "List or Set of String")
                    : typeUnless(hasElements(shape), key, constraint, "List or Set");
        }
        return typeUnless(hasSize(shape), key, constraint, "String, List, Set or Map");
    }

    private static Report typeUnless(boolean fits, KeyModel key, ConstraintModel constraint, String types) {
        return Report.when(
                !fits,
                MistakeCode.CONSTRAINT_TYPE,
                constraint.at(),
                "%s applies to %s; `%s` is %s."
                        .formatted(
                                constraint.name(),
                                types,
                                key.component(),
                                key.shape().display()));
    }

    private static boolean isNumber(TypeShape shape) {
        return (shape instanceof TypeShape.Scalar scalar && scalar.kind().isNumber())
                || (shape instanceof TypeShape.Boxed boxed && boxed.kind().isNumber());
    }

    private static boolean isText(TypeShape shape) {
        return shape.equals(new TypeShape.Scalar(ScalarKind.STRING));
    }

    private static boolean isWritten(TypeShape shape) {
        return isText(shape)
                || shape.equals(new TypeShape.Scalar(ScalarKind.PATH))
                || shape instanceof TypeShape.EnumOf;
    }

    private static boolean holdsText(TypeShape shape) {
        return isText(shape) || hasTexts(shape);
    }

    private static boolean hasTexts(TypeShape shape) {
        return hasElements(shape) && shape.parts().stream().allMatch(ConstraintRules::isText);
    }

    private static boolean hasElements(TypeShape shape) {
        return shape instanceof TypeShape.ListOf || shape instanceof TypeShape.SetOf;
    }

    private static boolean hasSize(TypeShape shape) {
        return isText(shape) || shape.isCollection();
    }

    private static Report unknown(KeyModel key) {
        return Report.all(key.unenforced().stream()
                .map(constraint -> Report.of(
                        MistakeCode.UNKNOWN_CONSTRAINT,
                        constraint.at(),
                        "@%s is not enforced by this processor; supported: %s; write a @Check."
                                .formatted(constraint.text(), SUPPORTED))));
    }

    private static Report badPattern(KeyModel key, ConstraintModel constraint) {
        if (!(constraint instanceof ConstraintModel.Matches matches)) {
            return Report.clean();
        }
        try {
            Pattern.compile(matches.regex().text());
            return Report.clean();
        } catch (PatternSyntaxException e) {
            String place = e.getIndex() < 0 ? "" : " near index " + e.getIndex();
            return Report.of(
                    MistakeCode.BAD_PATTERN,
                    matches.regex().at(),
                    "%s(\"%s\"): %s%s."
                            .formatted(constraint.name(), matches.regex().text(), e.getDescription(), place));
        }
    }

    private static Report emptyRange(KeyModel key, ConstraintModel constraint) {
        boolean empty = (constraint instanceof ConstraintModel.Range range && isEmpty(range))
                || (constraint instanceof ConstraintModel.Size size && size.min() > size.max());
        return Report.when(empty, MistakeCode.EMPTY_RANGE, constraint.at(), constraint.display() + " admits no value.");
    }

    private static boolean isEmpty(ConstraintModel.Range range) {
        return range.min() > range.max()
                || (range.min() == range.max() && (range.exclusiveMin() || range.exclusiveMax()));
    }

    private static Report rangePrecision(KeyModel key, ConstraintModel constraint) {
        TypeShape shape = key.shape() instanceof TypeShape.OptionalOf optional ? optional.value() : key.shape();
        ScalarKind kind = shape instanceof TypeShape.Scalar scalar
                ? scalar.kind()
                : shape instanceof TypeShape.Boxed boxed ? boxed.kind() : ScalarKind.STRING;
        if (!(constraint instanceof ConstraintModel.Range range) || !LARGEST.containsKey(kind)) {
            return Report.clean();
        }
        double largest = LARGEST.get(kind);
        if (!Double.isInfinite(range.max()) && range.max() > largest) {
            return beyond("max", range.max(), kind, constraint);
        }
        if (!Double.isInfinite(range.min()) && range.min() < -largest - 1) {
            return beyond("min", range.min(), kind, constraint);
        }
        return Report.clean();
    }

    private static Report beyond(String bound, double value, ScalarKind kind, ConstraintModel constraint) {
        String text = Double.toString(value).toLowerCase(Locale.ROOT).replace(".0e", "e");
        return Report.of(
                MistakeCode.RANGE_PRECISION,
                constraint.at(),
                "%s = %s exceeds the range of %s.".formatted(bound, text, kind.javaName()));
    }
}
