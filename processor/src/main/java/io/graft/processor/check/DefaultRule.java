package io.graft.processor.check;

import io.graft.config.decoding.Constraints;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.problem.ProblemCode;
import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Defaults that the binder itself would refuse; it is asked, by the decoders and constraints of the run time. */
final class DefaultRule implements Rule<PlugModel> {
    @Override
    public Report check(PlugModel plug) {
        DefaultDecoders decoders = new DefaultDecoders(plug);
        return Report.all(plug.records().stream()
                .filter(record -> record.binder() instanceof BinderOrigin.Generated)
                .flatMap(OptionsModel::ownKeys)
                .filter(key ->
                        key.absence() == KeyModel.Absence.DEFAULT && key.shape().isSupported())
                .map(key -> check(key, key.defaultValue().orElseThrow(), decoders)));
    }

    private static Report check(KeyModel key, Literal literal, DefaultDecoders decoders) {
        ConfigCursor cursor = ConfigCursor.literal(literal.text());
        Bound<?> bound = decoders.decoder(key.shape()).decode(cursor);
        if (bound instanceof Bound.Ok<?> ok) {
            return Report.all(key.constraints().stream()
                    .filter(constraint -> violates(ok.value(), key, constraint, cursor))
                    .map(constraint -> Report.of(
                            MistakeCode.DEFAULT_VIOLATES,
                            literal.at(),
                            "@Default(\"%s\") violates %s on the same component."
                                    .formatted(literal.text(), constraint.display()))));
        }
        boolean missesUnit = bound.problems().stream().anyMatch(problem -> problem.code() == ProblemCode.MISSING_UNIT);
        return missesUnit ? unitMissing(key, literal) : notOne(key, literal);
    }

    private static Report unitMissing(KeyModel key, Literal literal) {
        String unit = key.shape().equals(new TypeShape.Scalar(ScalarKind.DATA_SIZE)) ? "MB" : "s";
        return Report.of(
                MistakeCode.DEFAULT_UNIT,
                literal.at(),
                "@Default(\"%s\") for a %s needs a unit, e.g. \"%s%s\"."
                        .formatted(literal.text(), key.shape().display(), literal.text(), unit));
    }

    private static Report notOne(KeyModel key, Literal literal) {
        return Report.of(
                MistakeCode.BAD_DEFAULT,
                literal.at(),
                "@Default(\"%s\") is not %s.".formatted(literal.text(), withArticle(key.shape())));
    }

    private static String withArticle(TypeShape shape) {
        if (shape instanceof TypeShape.EnumOf constants) {
            return "one of: "
                    + constants.constants().stream().map(KeyNames::ofConstant).collect(Collectors.joining(", "));
        }
        String name = shape.display();
        String article = "AEIO".indexOf(name.charAt(0)) < 0 ? "a " : "an ";
        return shape instanceof TypeShape.Scalar scalar ? scalar.kind().withArticle() : article + name;
    }

    private static boolean violates(Object value, KeyModel key, ConstraintModel constraint, ConfigCursor cursor) {
        if (constraint instanceof ConstraintModel.Range range) {
            return value instanceof Number number
                    && fails(
                            Constraints.range(range.min(), range.max(), range.exclusiveMin(), range.exclusiveMax()),
                            number,
                            cursor);
        } else if (constraint instanceof ConstraintModel.Digits digits) {
            return value instanceof Number number
                    && fails(Constraints.digits(digits.integer(), digits.fraction()), number, cursor);
        } else if (constraint instanceof ConstraintModel.Each each) {
            return value instanceof Collection<?> elements
                    && fails(Constraints.each(each.nonBlank(), each.unique()), elements, cursor);
        } else if (constraint instanceof ConstraintModel.Size size) {
            return fails(Constraints.size(size.min(), size.max()), value, cursor);
        } else if (constraint instanceof ConstraintModel.Matches matches) {
            return isRegex(matches.regex().text())
                    && fails(Constraints.matches(matches.regex().text()), written(value, key), cursor);
        } else if (constraint instanceof ConstraintModel.OneOf oneOf) {
            return fails(Constraints.oneOf(oneOf.allowed().toArray(String[]::new)), written(value, key), cursor);
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return fails(Constraints.notBlank(), value, cursor);
        }
        return fails(Constraints.notEmpty(), value, cursor);
    }

    /** The decoders of defaults give a constant by its Java name. */
    private static Object written(Object value, KeyModel key) {
        return key.shape() instanceof TypeShape.EnumOf ? KeyNames.ofConstant(value.toString()) : value;
    }

    private static boolean isRegex(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException reportedElsewhere) {
            return false;
        }
    }

    private static <T> boolean fails(Constraint<? super T> constraint, T value, ConfigCursor cursor) {
        return !constraint.check(value, cursor).isEmpty();
    }
}
