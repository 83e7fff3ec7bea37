package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/** Reads the type of a component. */
final class ShapeReader {
    private static final String MAP = "java.util.Map";

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
            Map.entry("java.net.URI", new TypeShape.Scalar(ScalarKind.URI)),
            Map.entry("java.util.regex.Pattern", new TypeShape.Scalar(ScalarKind.PATTERN)),
            Map.entry("java.time.Duration", new TypeShape.Scalar(ScalarKind.DURATION)),
            Map.entry(CoreNames.of("io.graft.config.DataSize"), new TypeShape.Scalar(ScalarKind.DATA_SIZE)));

    private static final Map<String, Function<List<TypeShape>, TypeShape>> CONTAINERS = Map.of(
            "java.util.List",
            parts -> new TypeShape.ListOf(parts.get(0)),
            "java.util.Set",
            parts -> new TypeShape.SetOf(parts.get(0)),
            MAP,
            parts -> new TypeShape.MapOf(parts.get(0), parts.get(1)),
            "java.util.Optional",
            parts -> new TypeShape.OptionalOf(parts.get(0)));

    private final DecoderReader decoders;

    ShapeReader(DecoderReader decoders) {
        this.decoders = decoders;
    }

    TypeShape read(VariableElement component) {
        TypeShape shape = read(component.asType(), decoders.of(component));
        return AnnotationView.named(component, "Nullable")
                .<TypeShape>map(nullable -> new TypeShape.NullableOf(shape, nullable.at()))
                .orElse(shape);
    }

    /**
     * @param named the decoder that the component names for this type or for what is inside it
     */
    private TypeShape read(TypeMirror type, Optional<DecoderReader.Named> named) {
        if (type.getKind() == TypeKind.ERROR) {
            return new TypeShape.Unresolved(type.toString());
        } else if (type.getKind() == TypeKind.WILDCARD) {
            return new TypeShape.Wildcard(((WildcardType) type).toString());
        }
        String name = type instanceof DeclaredType declared ? name(declared) : "";
        if (CONTAINERS.containsKey(name)) {
            return container((DeclaredType) type, name, named);
        }
        return named.or(() -> decoders.of(type))
                .map(decoder -> decoders.shape(type, decoder))
                .orElseGet(() -> plain(type, name));
    }

    private TypeShape container(DeclaredType type, String name, Optional<DecoderReader.Named> named) {
        List<TypeShape> parts = new ArrayList<>();
        for (TypeMirror part : type.getTypeArguments()) {
            boolean isKey = name.equals(MAP) && parts.isEmpty();
            parts.add(read(part, isKey ? Optional.empty() : named));
        }
        return parts.isEmpty()
                ? new TypeShape.RawCollection(type.asElement().getSimpleName().toString())
                : CONTAINERS.get(name).apply(parts);
    }

    private static TypeShape plain(TypeMirror type, String name) {
        if (PRIMITIVES.containsKey(type.getKind())) {
            return new TypeShape.Scalar(PRIMITIVES.get(type.getKind()));
        } else if (CLASSES.containsKey(name)) {
            return CLASSES.get(name);
        }
        return type instanceof DeclaredType declared && type.getKind() == TypeKind.DECLARED
                ? own(declared, (TypeElement) declared.asElement())
                : new TypeShape.Unsupported(type.toString());
    }

    private static String name(DeclaredType type) {
        return ((TypeElement) type.asElement()).getQualifiedName().toString();
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
        boolean ofJava = name(type).startsWith("java.");
        if (element.getKind() == ElementKind.INTERFACE && !ofJava) {
            return choice(element);
        }
        return new TypeShape.Unsupported(type.toString());
    }

    private static TypeShape choice(TypeElement element) {
        if (!element.getModifiers().contains(Modifier.SEALED)) {
            return new TypeShape.OpenInterface(element.getSimpleName().toString());
        }
        return element.getTypeParameters().isEmpty()
                ? new TypeShape.ChoiceOf(Declarations.reference(element))
                : new TypeShape.GenericRecord(Declarations.of(element).display());
    }

    private static List<String> constants(TypeElement type) {
        return type.getEnclosedElements().stream()
                .filter(member -> member.getKind() == ElementKind.ENUM_CONSTANT)
                .map(Element::getSimpleName)
                .map(Object::toString)
                .toList();
    }
}
