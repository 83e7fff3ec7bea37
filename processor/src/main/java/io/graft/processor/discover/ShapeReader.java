package io.graft.processor.discover;

import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/** Reads the type of a component. */
final class ShapeReader {
    private static final String DECODED_BY = "io.graft.config.DecodedBy";

    private static final Map<TypeKind, ScalarKind> PRIMITIVES = Map.of(
            TypeKind.BOOLEAN, ScalarKind.BOOLEAN,
            TypeKind.BYTE, ScalarKind.BYTE,
            TypeKind.SHORT, ScalarKind.SHORT,
            TypeKind.INT, ScalarKind.INT,
            TypeKind.LONG, ScalarKind.LONG,
            TypeKind.FLOAT, ScalarKind.FLOAT,
            TypeKind.DOUBLE, ScalarKind.DOUBLE);

    private static final Map<String, TypeShape> CLASSES = Map.ofEntries(
            Map.entry("java.lang.Boolean", new TypeShape.Boxed(ScalarKind.BOOLEAN)),
            Map.entry("java.lang.Byte", new TypeShape.Boxed(ScalarKind.BYTE)),
            Map.entry("java.lang.Short", new TypeShape.Boxed(ScalarKind.SHORT)),
            Map.entry("java.lang.Integer", new TypeShape.Boxed(ScalarKind.INT)),
            Map.entry("java.lang.Long", new TypeShape.Boxed(ScalarKind.LONG)),
            Map.entry("java.lang.Float", new TypeShape.Boxed(ScalarKind.FLOAT)),
            Map.entry("java.lang.Double", new TypeShape.Boxed(ScalarKind.DOUBLE)),
            Map.entry("java.lang.String", new TypeShape.Scalar(ScalarKind.STRING)),
            Map.entry("java.nio.file.Path", new TypeShape.Scalar(ScalarKind.PATH)),
            Map.entry("java.time.Duration", new TypeShape.Scalar(ScalarKind.DURATION)));

    private static final Map<String, Function<List<TypeShape>, TypeShape>> CONTAINERS = Map.of(
            "java.util.List", parts -> new TypeShape.ListOf(parts.get(0)),
            "java.util.Set", parts -> new TypeShape.SetOf(parts.get(0)),
            "java.util.Map", parts -> new TypeShape.MapOf(parts.get(0), parts.get(1)),
            "java.util.Optional", parts -> new TypeShape.OptionalOf(parts.get(0)));

    private ShapeReader() {}

    static TypeShape read(TypeMirror type) {
        ScalarKind primitive = PRIMITIVES.get(type.getKind());
        if (primitive != null) {
            return new TypeShape.Scalar(primitive);
        }
        return switch (type.getKind()) {
            case ERROR -> new TypeShape.Unresolved(type.toString());
            case WILDCARD -> new TypeShape.Wildcard(((WildcardType) type).toString());
            case DECLARED -> declared((DeclaredType) type);
            default -> new TypeShape.Unsupported(type.toString());
        };
    }

    private static TypeShape declared(DeclaredType type) {
        TypeElement element = (TypeElement) type.asElement();
        String name = element.getQualifiedName().toString();
        if (CLASSES.containsKey(name)) {
            return CLASSES.get(name);
        }
        if (CONTAINERS.containsKey(name)) {
            List<TypeShape> parts =
                    type.getTypeArguments().stream().map(ShapeReader::read).toList();
            return parts.isEmpty()
                    ? new TypeShape.RawCollection(element.getSimpleName().toString())
                    : CONTAINERS.get(name).apply(parts);
        }
        return AnnotationView.find(element, DECODED_BY)
                .flatMap(annotation -> annotation.type("value"))
                .map(decoder -> decoded(element, decoder))
                .orElseGet(() -> own(type, element));
    }

    private static TypeShape decoded(TypeElement element, TypeMirror decoder) {
        return decoder instanceof DeclaredType declared && decoder.getKind() == TypeKind.DECLARED
                ? new TypeShape.Decoded(
                        Declarations.reference(element), Declarations.reference((TypeElement) declared.asElement()))
                : new TypeShape.Unresolved(decoder.toString());
    }

    private static TypeShape own(DeclaredType type, TypeElement element) {
        if (element.getKind() == ElementKind.ENUM) {
            return new TypeShape.EnumOf(Declarations.reference(element), constants(element));
        }
        if (element.getKind() == ElementKind.RECORD) {
            return element.getTypeParameters().isEmpty()
                    ? new TypeShape.Nested(Declarations.reference(element))
                    : new TypeShape.GenericRecord(Declarations.of(element).display());
        }
        return new TypeShape.Unsupported(type.toString());
    }

    private static List<String> constants(TypeElement type) {
        return type.getEnclosedElements().stream()
                .filter(member -> member.getKind() == ElementKind.ENUM_CONSTANT)
                .map(Element::getSimpleName)
                .map(Object::toString)
                .toList();
    }
}
