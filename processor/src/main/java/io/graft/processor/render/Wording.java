package io.graft.processor.render;

import io.graft.processor.model.Accepted;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Types and constraints in words, the same in every artefact. */
final class Wording {
    private Wording() {}

    /** {@code list of string}. */
    static String type(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return scalar(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return scalar(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return constants.constants().stream()
                    .map(KeyNames::ofConstant)
                    .collect(Collectors.joining(", ", "one of ", ""));
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return decoded.accepted()
                    .map(Accepted::name)
                    .orElseGet(() -> KeyNames.of(decoded.type().simpleName()).replace('-', ' '));
        } else if (shape instanceof TypeShape.ListOf list) {
            return "list of " + type(list.element());
        } else if (shape instanceof TypeShape.SetOf set) {
            return "set of " + type(set.element());
        } else if (shape instanceof TypeShape.MapOf map) {
            return "map from " + type(map.key()) + " to " + type(map.value());
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return type(optional.value());
        }
        return "object";
    }

    private static String scalar(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> "boolean";
            case BYTE, SHORT, INT, LONG -> "integer";
            case FLOAT, DOUBLE -> "number";
            case STRING -> "string";
            case PATH -> "path";
            case URI -> "uri";
            case PATTERN -> "regular expression";
            case DURATION -> "duration";
            case DATA_SIZE -> "size";
        };
    }

    /** {@code between 1 and 4096}, for each constraint of a key and each relation that it has to mind. */
    static List<String> constraints(KeyModel key, List<KeyRelation> relations) {
        return Stream.of(
                        key.constraints().stream().map(constraint -> constraint(constraint, key.shape())),
                        others(KeyRelation.Exclusive.class, key, relations).map("not together with "::concat),
                        others(KeyRelation.Requires.class, key, relations).map("only together with "::concat))
                .flatMap(words -> words)
                .toList();
    }

    /** The other keys of all relations of a kind, as one text. */
    private static Stream<String> others(Class<? extends KeyRelation> kind, KeyModel key, List<KeyRelation> relations) {
        String others = relations.stream()
                .filter(relation -> kind.isInstance(relation) && binds(relation, key))
                .flatMap(relation -> relation.keys().stream())
                .map(Literal::text)
                .filter(name -> !name.equals(key.key()))
                .distinct()
                .collect(Collectors.joining(", "));
        return Stream.of(others).filter(text -> !text.isEmpty());
    }

    /** Whether who gives the key has the relation to mind. */
    private static boolean binds(KeyRelation relation, KeyModel key) {
        List<String> names = relation.keys().stream().map(Literal::text).toList();
        return relation instanceof KeyRelation.Exclusive
                ? names.contains(key.key())
                : names.get(0).equals(key.key());
    }

    private static String constraint(ConstraintModel constraint, TypeShape shape) {
        if (constraint instanceof ConstraintModel.Range range) {
            return range(range);
        } else if (constraint instanceof ConstraintModel.Size size) {
            return size(size) + (shape.isCollection() ? " elements" : " characters");
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return "not blank";
        } else if (constraint instanceof ConstraintModel.Matches matches) {
            return "matches " + matches.regex().text();
        } else if (constraint instanceof ConstraintModel.OneOf oneOf) {
            return "one of " + String.join(", ", oneOf.allowed());
        } else if (constraint instanceof ConstraintModel.Each each) {
            return each(each);
        } else if (constraint instanceof ConstraintModel.Digits digits) {
            return "at most " + digits.integer() + " digits before the point and " + digits.fraction() + " after it";
        }
        return "not empty";
    }

    private static String each(ConstraintModel.Each each) {
        if (each.nonBlank() && each.unique()) {
            return "no blank element and none twice";
        }
        return each.nonBlank() ? "no blank element" : "no element twice";
    }

    private static String range(ConstraintModel.Range range) {
        if (Double.isInfinite(range.min())) {
            return (range.exclusiveMax() ? "less than " : "at most ") + Numbers.text(range.max());
        }
        if (Double.isInfinite(range.max())) {
            return (range.exclusiveMin() ? "more than " : "at least ") + Numbers.text(range.min());
        }
        if (!range.exclusiveMin() && !range.exclusiveMax()) {
            return "between " + Numbers.text(range.min()) + " and " + Numbers.text(range.max());
        }
        return (range.exclusiveMin() ? "more than " : "at least ")
                + Numbers.text(range.min())
                + (range.exclusiveMax() ? " and less than " : " and at most ")
                + Numbers.text(range.max());
    }

    private static String size(ConstraintModel.Size size) {
        if (size.max() == Integer.MAX_VALUE) {
            return "at least " + size.min();
        }
        return size.min() == 0 ? "at most " + size.max() : "between " + size.min() + " and " + size.max();
    }
}
