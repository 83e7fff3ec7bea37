package io.graft.processor.discover;

import io.graft.processor.model.ConstructorModel;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

/** Reads a class with {@code @Modifier} and its options. */
public final class ModifierReader {
    /** The annotation that makes a class a modifier. */
    public static final String MODIFIER = "io.graft.Modifier";

    private static final String MODEL_MODIFIER = "io.graft.ModelModifier";
    private static final String MODIFIER_CONSTRUCTOR = "io.graft.ModifierConstructor";

    private final Elements elements;
    private final Types types;
    private final OptionsReader options;
    private final EngineUses engineUses;

    /**
     * @param compiledNow qualified names of the outermost classes that are compiled now; grows from round to round
     */
    public ModifierReader(ProcessingEnvironment environment, Set<String> compiledNow) {
        this.elements = environment.getElementUtils();
        this.types = environment.getTypeUtils();
        this.options = new OptionsReader(
                elements,
                new ShapeReader(new DecoderReader(elements, types)),
                new BinderLocator(elements, environment.getFiler(), compiledNow));
        this.engineUses = new EngineUses(SourceTrees.of(environment));
    }

    /** The model of a class that carries {@code @Modifier}; unresolved types are part of it. */
    public ModifierModel read(TypeElement type) {
        AnnotationView annotation = AnnotationView.find(type, MODIFIER).orElseThrow();
        List<ConstructorModel> constructors = ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
                .map(constructor -> constructor(type, constructor))
                .toList();
        OptionsReader.Found found = options(constructors);
        return new ModifierModel(
                Declarations.of(type),
                extendsModelModifier(type),
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

    private boolean extendsModelModifier(TypeElement type) {
        TypeElement modelModifier = elements.getTypeElement(MODEL_MODIFIER);
        return modelModifier != null && types.isAssignable(types.erasure(type.asType()), modelModifier.asType());
    }

    private ConstructorModel constructor(TypeElement modifier, ExecutableElement constructor) {
        List<? extends VariableElement> parameters = constructor.getParameters();
        return new ConstructorModel(
                constructor.getModifiers().contains(Modifier.PUBLIC),
                AnnotationView.find(constructor, MODIFIER_CONSTRUCTOR).isPresent(),
                parameters.stream()
                        .map(parameter -> simpleName(parameter.asType()))
                        .toList(),
                parameters.size() == 1 ? optionsType(modifier, parameters.get(0).asType()) : Optional.empty(),
                SourceRef.of(parameters.size() == 1 ? parameters.get(0) : constructor));
    }

    private static String simpleName(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? declared.asElement().getSimpleName().toString()
                : type.toString();
    }

    /** A record is meant to hold options; so is a class that stands beside the modifier or is called so. */
    private Optional<Declaration> optionsType(TypeElement modifier, TypeMirror type) {
        if (type.getKind() != TypeKind.DECLARED) {
            return Optional.empty();
        }
        TypeElement element = (TypeElement) ((DeclaredType) type).asElement();
        boolean meant = element.getKind() == ElementKind.RECORD
                || element.getSimpleName().toString().endsWith("Options")
                || elements.getPackageOf(element).equals(elements.getPackageOf(modifier));
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
