package io.graft.processor.check;

import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Which constraints a component may have. */
final class ConstraintRules {
    static final List<Rule<KeyModel>> ALL = List.of(
            ConstraintRules::optionalDefault,
            eachConstraint(ConstraintRules::type),
            eachConstraint(ConstraintRules::emptyRange),
            eachConstraint(ConstraintRules::rangePrecision));

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
        if (constraint instanceof ConstraintModel.Range) {
            return typeUnless(isNumber(shape), key, constraint, "@Range applies to numbers");
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return typeUnless(
                    holdsText(shape), key, constraint, "@NotBlank applies to String, and to List or Set of String");
        } else if (constraint instanceof ConstraintModel.Size) {
            return typeUnless(hasSize(shape), key, constraint, "@Size applies to String, List, Set or Map");
        }
        return typeUnless(hasSize(shape), key, constraint, "@NotEmpty applies to String, List, Set or Map");
    }

    private static Report typeUnless(boolean fits, KeyModel key, ConstraintModel constraint, String rule) {
        return Report.when(
                !fits,
                MistakeCode.CONSTRAINT_TYPE,
                constraint.at(),
                "%s; `%s` is %s.".formatted(rule, key.component(), key.shape().display()));
    }

    private static boolean isNumber(TypeShape shape) {
        return (shape instanceof TypeShape.Scalar scalar && scalar.kind().isNumber())
                || (shape instanceof TypeShape.Boxed boxed && boxed.kind().isNumber());
    }

    private static boolean isText(TypeShape shape) {
        return shape.equals(new TypeShape.Scalar(ScalarKind.STRING));
    }

    private static boolean holdsText(TypeShape shape) {
        return isText(shape)
                || (shape instanceof TypeShape.ListOf list && isText(list.element()))
                || (shape instanceof TypeShape.SetOf set && isText(set.element()));
    }

    private static boolean hasSize(TypeShape shape) {
        return isText(shape) || shape.isCollection();
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
