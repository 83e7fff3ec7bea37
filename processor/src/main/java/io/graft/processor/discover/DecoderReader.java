package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Finds the decoder of a type: the one that the component names, that the type names, or that core has for it. */
final class DecoderReader {
    private static final String DECODE = CoreNames.of("io.graft.config.Decode");
    private static final String DECODED_BY = CoreNames.of("io.graft.config.DecodedBy");
    private static final String DECODER = CoreNames.of("io.graft.config.reading.Decoder");
    private static final String VALUE_DECODER = CoreNames.of("io.graft.config.reading.ValueDecoder");

    /** For types that cannot carry an annotation of ours: DJL's, and those of a floor that must not know configuration. */
    private static final Map<String, String> OF_CORE = Map.of(
            CoreNames.of("io.graft.tensor.Shape"),
            CoreNames.of("io.graft.config.decoding.ShapeDecoder"),
            CoreNames.of("io.graft.checkpoint.source.CheckpointRef"),
            CoreNames.of("io.graft.model.ref.CheckpointRefDecoder"),
            "ai.djl.ndarray.types.Shape",
            CoreNames.of("io.graft.djl.EngineShapeDecoder"));

    private final Elements elements;
    private final Types types;

    DecoderReader(Elements elements, Types types) {
        this.elements = elements;
        this.types = types;
    }

    /**
     * A decoder that somebody names.
     *
     * @param at the annotation on the component; empty if another place names it
     */
    record Named(TypeMirror decoder, Optional<SourceRef> at) {}

    Optional<Named> of(VariableElement component) {
        return AnnotationView.find(component, DECODE)
                .flatMap(annotation ->
                        annotation.type("value").map(type -> new Named(type, Optional.of(annotation.at()))));
    }

    Optional<Named> of(TypeMirror type) {
        if (type.getKind() != TypeKind.DECLARED) {
            return Optional.empty();
        }
        TypeElement element = (TypeElement) ((DeclaredType) type).asElement();
        return AnnotationView.find(element, DECODED_BY)
                .flatMap(annotation -> annotation.type("value"))
                .or(() -> ofCore(element))
                .map(decoder -> new Named(decoder, Optional.empty()));
    }

    private Optional<TypeMirror> ofCore(TypeElement element) {
        return Optional.ofNullable(OF_CORE.get(element.getQualifiedName().toString()))
                .map(elements::getTypeElement)
                .map(Element::asType);
    }

    /** The shape of a type that a decoder reads. */
    TypeShape shape(TypeMirror type, Named named) {
        if (named.decoder().getKind() != TypeKind.DECLARED) {
            return new TypeShape.Unresolved(named.decoder().toString());
        }
        TypeMirror boxed = type.getKind().isPrimitive()
                ? types.boxedClass(types.getPrimitiveType(type.getKind())).asType()
                : type;
        TypeElement decoder = (TypeElement) ((DeclaredType) named.decoder()).asElement();
        boolean scalar = decodes(decoder.asType(), DECODER, boxed);
        if (!(boxed instanceof DeclaredType declared)
                || !declared.getTypeArguments().isEmpty()) {
            return new TypeShape.Unsupported(type.toString());
        } else if (!scalar && !decodes(decoder.asType(), VALUE_DECODER, boxed)) {
            return undecodable(declared, named, "`%s` must implement Decoder<%2$s> or ValueDecoder<%2$s>.", decoder);
        } else if (!isUsable(decoder)) {
            return undecodable(
                    declared,
                    named,
                    "`%s` must be a public class with a public constructor without parameters.",
                    decoder);
        }
        try {
            return new TypeShape.Decoded(
                    Declarations.reference((TypeElement) declared.asElement()),
                    Declarations.reference(decoder),
                    scalar,
                    AcceptsReader.read(decoder));
        } catch (IllegalArgumentException unclear) {
            return undecodable(declared, named, "@Accepts of `%s`: " + unclear.getMessage() + ".", decoder);
        }
    }

    private static TypeShape undecodable(DeclaredType type, Named named, String fault, TypeElement decoder) {
        String name = type.asElement().getSimpleName().toString();
        return new TypeShape.Undecodable(name, fault.formatted(decoder.getSimpleName(), name), named.at());
    }

    /** Whether a class is, by itself or through its parents, this interface of this type. */
    private boolean decodes(TypeMirror decoder, String wanted, TypeMirror type) {
        DeclaredType declared = (DeclaredType) decoder;
        boolean isWanted =
                ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(wanted);
        List<? extends TypeMirror> arguments = declared.getTypeArguments();
        return isWanted
                ? arguments.size() == 1 && types.isSameType(arguments.get(0), type)
                : types.directSupertypes(decoder).stream()
                        .filter(parent -> parent.getKind() == TypeKind.DECLARED)
                        .anyMatch(parent -> decodes(parent, wanted, type));
    }

    private static boolean isUsable(TypeElement decoder) {
        boolean open = Declarations.enclosing(decoder)
                .allMatch(outer -> outer.getModifiers().contains(Modifier.PUBLIC));
        boolean inner = decoder.getEnclosingElement().getKind() != ElementKind.PACKAGE
                && !decoder.getModifiers().contains(Modifier.STATIC);
        return open
                && !inner
                && !decoder.getModifiers().contains(Modifier.ABSTRACT)
                && ElementFilter.constructorsIn(decoder.getEnclosedElements()).stream()
                        .anyMatch(constructor -> constructor.getParameters().isEmpty()
                                && constructor.getModifiers().contains(Modifier.PUBLIC));
    }
}
