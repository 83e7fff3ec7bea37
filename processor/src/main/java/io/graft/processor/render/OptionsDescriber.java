package io.graft.processor.render;

import com.palantir.javapoet.CodeBlock;
import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import io.graft.registry.ModifierDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes options for people: one descriptor for each key, those of nested records under their dotted path. */
final class OptionsDescriber {
    private OptionsDescriber() {}

    static List<CodeBlock> describe(ModifierModel modifier, OptionsModel options) {
        return describe(modifier, options, "", Set.of(options.type())).toList();
    }

    private static Stream<CodeBlock> describe(
            ModifierModel modifier, OptionsModel options, String prefix, Set<TypeRef> around) {
        return options.keys().stream().flatMap(key -> {
            Stream<CodeBlock> nested = nestedTypes(key.shape())
                    // A record that may hold itself is described once.
                    .filter(type -> !around.contains(type))
                    .flatMap(type ->
                            describe(modifier, modifier.record(type), prefix + key.key() + ".", with(around, type)));
            return Stream.concat(Stream.of(descriptor(prefix, key)), nested);
        });
    }

    private static Stream<TypeRef> nestedTypes(TypeShape shape) {
        return shape.flatten()
                .filter(TypeShape.Nested.class::isInstance)
                .map(nested -> ((TypeShape.Nested) nested).type());
    }

    private static Set<TypeRef> with(Set<TypeRef> around, TypeRef type) {
        return Stream.concat(around.stream(), Stream.of(type)).collect(Collectors.toUnmodifiableSet());
    }

    private static CodeBlock descriptor(String prefix, KeyModel key) {
        List<CodeBlock> constraints = new ArrayList<>();
        key.constraints().forEach(constraint -> constraints.add(CodeBlock.of("$S", words(constraint, key.shape()))));
        return CodeBlock.of(
                "new $T(\n$>$>$S, $S, $S, $L, $T.of($L),\n$S)$<$<",
                OptionDescriptor.class,
                prefix + key.key(),
                words(key.shape()),
                key.defaultValue().map(Literal::text).orElse(""),
                key.absence() == KeyModel.Absence.REQUIRED,
                List.class,
                CodeBlock.join(constraints, ", "),
                key.documentation());
    }

    private static String words(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return words(scalar.kind());
        } else if (shape instanceof TypeShape.Boxed boxed) {
            return words(boxed.kind());
        } else if (shape instanceof TypeShape.EnumOf constants) {
            return constants.constants().stream()
                    .map(KeyNames::ofConstant)
                    .collect(Collectors.joining(", ", "one of ", ""));
        } else if (shape instanceof TypeShape.Decoded decoded) {
            return KeyNames.of(decoded.type().simpleName()).replace('-', ' ');
        } else if (shape instanceof TypeShape.ListOf list) {
            return "list of " + words(list.element());
        } else if (shape instanceof TypeShape.SetOf set) {
            return "set of " + words(set.element());
        } else if (shape instanceof TypeShape.MapOf map) {
            return "map from " + words(map.key()) + " to " + words(map.value());
        } else if (shape instanceof TypeShape.OptionalOf optional) {
            return words(optional.value());
        }
        return "object";
    }

    private static String words(ScalarKind kind) {
        return switch (kind) {
            case BOOLEAN -> "boolean";
            case BYTE, SHORT, INT, LONG -> "integer";
            case FLOAT, DOUBLE -> "number";
            case STRING -> "string";
            case PATH -> "path";
            case DURATION -> "duration";
        };
    }

    private static String words(ConstraintModel constraint, TypeShape shape) {
        if (constraint instanceof ConstraintModel.Range range) {
            return words(range);
        } else if (constraint instanceof ConstraintModel.Size size) {
            return words(size) + (shape.isCollection() ? " elements" : " characters");
        } else if (constraint instanceof ConstraintModel.NotBlank) {
            return "not blank";
        }
        return "not empty";
    }

    private static String words(ConstraintModel.Range range) {
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

    private static String words(ConstraintModel.Size size) {
        if (size.max() == Integer.MAX_VALUE) {
            return "at least " + size.min();
        }
        return size.min() == 0 ? "at most " + size.max() : "between " + size.min() + " and " + size.max();
    }
}
