package io.graft.processor.discover;

import io.graft.processor.model.Declaration;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;

/** Reads how a class is declared. */
final class Declarations {
    private Declarations() {}

    static Declaration of(TypeElement type) {
        return new Declaration(
                reference(type),
                kind(type),
                enclosing(type).allMatch(outer -> outer.getModifiers().contains(Modifier.PUBLIC)),
                enclosing(type).anyMatch(outer -> outer.getModifiers().contains(Modifier.PRIVATE)),
                type.getModifiers().contains(Modifier.ABSTRACT),
                type.getNestingKind() != NestingKind.TOP_LEVEL
                        && !type.getModifiers().contains(Modifier.STATIC),
                type.getTypeParameters().stream().map(Object::toString).toList(),
                SourceRef.of(type));
    }

    static TypeRef reference(TypeElement type) {
        Deque<String> names = new ArrayDeque<>();
        Element element = type;
        for (; !(element instanceof PackageElement); element = element.getEnclosingElement()) {
            names.addFirst(element.getSimpleName().toString());
        }
        return new TypeRef(((PackageElement) element).getQualifiedName().toString(), List.copyOf(names));
    }

    /** The class itself and those around it, from the inside out. */
    static Stream<TypeElement> enclosing(TypeElement type) {
        return Stream.<Element>iterate(type, TypeElement.class::isInstance, Element::getEnclosingElement)
                .map(TypeElement.class::cast);
    }

    private static Declaration.Kind kind(TypeElement type) {
        return switch (type.getKind()) {
            case INTERFACE -> Declaration.Kind.INTERFACE;
            case ENUM -> Declaration.Kind.ENUM;
            case RECORD -> Declaration.Kind.RECORD;
            case ANNOTATION_TYPE -> Declaration.Kind.ANNOTATION;
            default -> Declaration.Kind.CLASS;
        };
    }
}
