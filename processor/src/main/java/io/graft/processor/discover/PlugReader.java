package io.graft.processor.discover;

import io.graft.processor.model.ConstructorModel;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.SourceRef;
import io.graft.registry.PlugKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Reads a class that is marked as a plug, and its options. */
public final class PlugReader {
    private static final String OPTIONS_CONSTRUCTOR = CoreNames.of("io.graft.OptionsConstructor");

    private final Elements elements;
    private final Types types;
    private final OptionsReader options;
    private final EngineUses engineUses;

    /**
     * @param compiledNow qualified names of the outermost classes that are compiled now; grows from round to round
     */
    public PlugReader(ProcessingEnvironment environment, Set<String> compiledNow) {
        this.elements = environment.getElementUtils();
        this.types = environment.getTypeUtils();
        this.options = new OptionsReader(
                elements,
                new ShapeReader(new DecoderReader(elements, types)),
                new BinderLocator(elements, environment.getFiler(), compiledNow));
        this.engineUses = new EngineUses(SourceTrees.of(environment));
    }

    /** The annotations that make a class a plug. */
    public static Set<String> annotations() {
        return PlugKind.ALL.stream()
                .map(kind -> CoreNames.of(kind.annotation()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether an annotation of this name makes a class a plug. */
    public static boolean marksAPlug(CharSequence annotation) {
        return PlugKind.ALL.stream()
                .anyMatch(kind -> CoreNames.of(kind.annotation()).contentEquals(annotation));
    }

    /** The model of a class that is marked as a plug; unresolved types are part of it. */
    public PlugModel read(TypeElement type) {
        List<PlugKind<?>> kinds = PlugKind.ALL.stream()
                .filter(kind -> AnnotationView.find(type, CoreNames.of(kind.annotation()))
                        .isPresent())
                .toList();
        PlugKind<?> kind = kinds.get(0);
        AnnotationView annotation =
                AnnotationView.find(type, CoreNames.of(kind.annotation())).orElseThrow();
        List<ConstructorModel> constructors = ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
                .map(constructor -> constructor(type, constructor))
                .toList();
        OptionsReader.Found found = options(constructors);
        return new PlugModel(
                kind,
                kinds.subList(1, kinds.size()),
                Declarations.of(type),
                isA(CoreNames.of(kind.type()), type),
                annotation.text("value").orElseGet(() -> new Literal("", annotation.at())),
                annotation.texts("aliases"),
                JavadocText.parse(elements.getDocComment(type)).description(),
                constructors,
                found.records(),
                found.choices(),
                engineUses(type, found.records()),
                unresolved(type));
    }

    private List<Literal> engineUses(TypeElement type, List<OptionsModel> records) {
        Stream<TypeElement> recordTypes = records.stream()
                .map(record -> record.declaration().at().element())
                .flatMap(element -> element instanceof TypeElement record ? Stream.of(record) : Stream.empty());
        return Stream.concat(Stream.of(type), recordTypes)
                .flatMap(each -> engineUses.of(each).stream())
                .toList();
    }

    private boolean isA(String wanted, TypeElement type) {
        TypeElement declared = elements.getTypeElement(wanted);
        return declared != null && types.isAssignable(types.erasure(type.asType()), declared.asType());
    }

    private ConstructorModel constructor(TypeElement plug, ExecutableElement constructor) {
        List<? extends VariableElement> parameters = constructor.getParameters();
        return new ConstructorModel(
                constructor.getModifiers().contains(Modifier.PUBLIC),
                AnnotationView.find(constructor, OPTIONS_CONSTRUCTOR).isPresent(),
                parameters.stream()
                        .map(parameter -> simpleName(parameter.asType()))
                        .toList(),
                parameters.size() == 1 ? optionsType(plug, parameters.get(0).asType()) : Optional.empty(),
                SourceRef.of(parameters.size() == 1 ? parameters.get(0) : constructor));
    }

    private static String simpleName(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? declared.asElement().getSimpleName().toString()
                : type.toString();
    }

    /** A record is meant to hold options; so is a class that stands beside the plug or is called so. */
    private Optional<Declaration> optionsType(TypeElement plug, TypeMirror type) {
        if (type.getKind() != TypeKind.DECLARED) {
            return Optional.empty();
        }
        TypeElement element = (TypeElement) ((DeclaredType) type).asElement();
        boolean meant = element.getKind() == ElementKind.RECORD
                || element.getSimpleName().toString().endsWith("Options")
                || elements.getPackageOf(element).equals(elements.getPackageOf(plug));
        return meant ? Optional.of(Declarations.of(element)) : Optional.empty();
    }

    private OptionsReader.Found options(List<ConstructorModel> constructors) {
        return constructors.stream()
                .filter(ConstructorModel::isUsable)
                .sorted((a, b) -> Boolean.compare(b.isMarked(), a.isMarked()))
                .flatMap(constructor -> constructor.options().stream())
                .filter(declaration -> declaration.kind() == Declaration.Kind.RECORD
                        && declaration.typeParameters().isEmpty())
                .map(declaration -> elements.getTypeElement(declaration.type().canonicalName()))
                .findFirst()
                .map(options::read)
                .orElse(OptionsReader.Found.NOTHING);
    }

    private List<Literal> unresolved(TypeElement type) {
        List<Literal> unresolved = new ArrayList<>();
        Stream.concat(Stream.of(type.getSuperclass()), type.getInterfaces().stream())
                .filter(parent -> parent.getKind() == TypeKind.ERROR)
                .forEach(parent -> unresolved.add(new Literal(parent.toString(), SourceRef.of(type))));
        for (ExecutableElement constructor : ElementFilter.constructorsIn(type.getEnclosedElements())) {
            if (constructor.getModifiers().contains(Modifier.PUBLIC)) {
                unresolvedParameters(constructor).forEach(unresolved::add);
            }
        }
        return unresolved;
    }

    private static Stream<Literal> unresolvedParameters(ExecutableElement constructor) {
        return constructor.getParameters().stream()
                .filter(parameter -> parameter.asType().getKind() == TypeKind.ERROR)
                .map(parameter -> new Literal(parameter.asType().toString(), SourceRef.of((Element) parameter)));
    }
}
