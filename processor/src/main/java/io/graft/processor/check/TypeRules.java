package io.graft.processor.check;

import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which types a component may have. */
final class TypeRules {
    static final List<Rule<ComponentModel>> ALL = List.of(
            anywhere(TypeRules::unresolved),
            anywhere(TypeRules::unsupported),
            anywhere(TypeRules::openInterface),
            anywhere(TypeRules::undecodable),
            anywhere(TypeRules::genericRecord),
            anywhere(TypeRules::rawCollection),
            anywhere(TypeRules::wildcard),
            anywhere(TypeRules::mapKey),
            anywhere(TypeRules::optionalAround),
            anywhere(TypeRules::optionalInside),
            TypeRules::boxed,
            TypeRules::nullable);

    private static final String SUPPORTED = Stream.concat(
                    Arrays.stream(ScalarKind.values()).map(ScalarKind::javaName),
                    Stream.of(
                            "enums",
                            "List<T>",
                            "Set<T>",
                            "Map<String or enum, T>",
                            "Optional<T>",
                            "records",
                            "sealed interfaces of records",
                            "types with a decoder (@Decode, @DecodedBy)"))
            .collect(Collectors.joining(", "));

    /** What to take for a type of Java's that says the same. */
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry("java.io.File", "Path"),
            Map.entry("java.net.URL", "URI"),
            Map.entry("java.time.Period", "Duration"),
            Map.entry("java.math.BigDecimal", "double"),
            Map.entry("java.math.BigInteger", "long"),
            Map.entry("java.util.OptionalInt", "Optional<Integer>"),
            Map.entry("java.util.OptionalLong", "Optional<Long>"),
            Map.entry("java.util.OptionalDouble", "Optional<Double>"),
            Map.entry("java.util.Properties", "Map<String, String>"),
            Map.entry("java.lang.CharSequence", "String"),
            Map.entry("char", "String"));

    private TypeRules() {}

    /** Asks a question of the component's type and of every type inside it. */
    private static Rule<ComponentModel> anywhere(BiFunction<ComponentModel, TypeShape, Report> question) {
        return component -> Report.all(component.shape().flatten().map(shape -> question.apply(component, shape)));
    }

    private static Report unresolved(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.Unresolved,
                MistakeCode.MISSING_TYPE,
                component.at(),
                Messages.missingType(shape.display()));
    }

    private static Report unsupported(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.Unsupported,
                MistakeCode.UNSUPPORTED_TYPE,
                component.at(),
                "component `%s` has type %s, which has no HOCON form; use %s. Supported: %s."
                        .formatted(component.component(), shape.display(), instead(shape.display()), SUPPORTED));
    }

    private static String instead(String type) {
        return type.endsWith("[]")
                ? "List<" + type.substring(0, type.length() - 2) + ">"
                : INSTEAD.getOrDefault(type, "a decoder named by @Decode, or a nested record");
    }

    private static Report openInterface(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.OpenInterface,
                MistakeCode.SEALED_OPEN,
                component.at(),
                "interface `%s` must be sealed to be used in options.".formatted(shape.display()));
    }

    private static Report undecodable(ComponentModel component, TypeShape shape) {
        return shape instanceof TypeShape.Undecodable undecodable
                ? Report.of(MistakeCode.BAD_DECODER, undecodable.at().orElse(component.at()), undecodable.fault())
                : Report.clean();
    }

    private static Report genericRecord(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.GenericRecord,
                MistakeCode.GENERIC_OPTIONS,
                component.at(),
                Messages.genericOptions(shape.display()));
    }

    private static Report rawCollection(ComponentModel component, TypeShape shape) {
        boolean isMap = shape.display().equals("Map");
        return Report.when(
                shape instanceof TypeShape.RawCollection,
                MistakeCode.RAW_COLLECTION,
                component.at(),
                isMap
                        ? "Map without key and value type; write Map<String, String>."
                        : "%s without element type; write %s<String>.".formatted(shape.display(), shape.display()));
    }

    private static Report wildcard(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.Wildcard,
                MistakeCode.WILDCARD,
                component.at(),
                "%s is not an element type; write List<String>.".formatted(shape.display()));
    }

    private static Report mapKey(ComponentModel component, TypeShape shape) {
        return Report.when(
                shape instanceof TypeShape.MapOf map && !isMapKey(map.key()),
                MistakeCode.MAP_KEY_TYPE,
                component.at(),
                "map keys must be String or an enum; found %s."
                        .formatted(shape.parts().stream()
                                .findFirst()
                                .map(TypeShape::display)
                                .orElse("")));
    }

    private static boolean isMapKey(TypeShape key) {
        return key.equals(new TypeShape.Scalar(ScalarKind.STRING))
                || key instanceof TypeShape.EnumOf
                // reported for what they are
                || key instanceof TypeShape.Unresolved
                || key instanceof TypeShape.Wildcard;
    }

    private static Report optionalAround(ComponentModel component, TypeShape shape) {
        if (shape instanceof TypeShape.OptionalOf optional && optional.value().isCollection()) {
            return Report.of(
                    MistakeCode.OPTIONAL_NESTING,
                    component.at(),
                    "%s is ambiguous with an empty %s; use %s (absent = empty) or drop Optional."
                            .formatted(
                                    shape.display(),
                                    word(optional.value()),
                                    optional.value().display()));
        }
        return Report.clean();
    }

    private static Report optionalInside(ComponentModel component, TypeShape shape) {
        boolean holdsOptional = shape.parts().stream().anyMatch(TypeShape.OptionalOf.class::isInstance);
        return Report.when(
                holdsOptional,
                MistakeCode.OPTIONAL_NESTING,
                component.at(),
                "%s holds Optional; what is absent is left out, so use %s."
                        .formatted(shape.display(), withoutOptional(shape).display()));
    }

    private static TypeShape withoutOptional(TypeShape shape) {
        if (shape instanceof TypeShape.ListOf list) {
            return new TypeShape.ListOf(unwrapped(list.element()));
        } else if (shape instanceof TypeShape.SetOf set) {
            return new TypeShape.SetOf(unwrapped(set.element()));
        } else if (shape instanceof TypeShape.MapOf map) {
            return new TypeShape.MapOf(unwrapped(map.key()), unwrapped(map.value()));
        }
        return unwrapped(shape);
    }

    private static TypeShape unwrapped(TypeShape shape) {
        return shape instanceof TypeShape.OptionalOf optional ? optional.value() : shape;
    }

    private static String word(TypeShape collection) {
        if (collection instanceof TypeShape.MapOf) {
            return "map";
        }
        return collection instanceof TypeShape.SetOf ? "set" : "list";
    }

    private static Report boxed(ComponentModel component) {
        if (!(component.shape() instanceof TypeShape.Boxed boxed)) {
            return Report.clean();
        }
        String primitive = boxed.kind().javaName();
        String wrapper = boxed.kind().boxedName();
        return Report.of(
                MistakeCode.BOXED_PRIMITIVE,
                component.at(),
                "use `%s`, or Optional<%s> if `%s` may be absent; %s cannot express either."
                        .formatted(primitive, wrapper, component.component(), wrapper));
    }

    private static Report nullable(ComponentModel component) {
        if (!(component.shape() instanceof TypeShape.NullableOf nullable)) {
            return Report.clean();
        }
        TypeShape value = nullable.value();
        String instead = value.isCollection()
                ? value.display() + " instead (absent = empty)."
                : new TypeShape.OptionalOf(unwrapped(value)).display() + " instead.";
        return Report.of(
                MistakeCode.NULLABLE_COMPONENT,
                nullable.at(),
                "`@Nullable` is not visible across jars before JDK 22; declare " + instead);
    }
}
