package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.Declaration;
import io.graft.processor.model.UnmarkedPlug;
import io.graft.registry.PlugKind;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** Finds classes that could be plugs but for the annotation: public ones, of which objects can be made. */
public final class UnmarkedReader {
    private static final Set<String> SILENT = Set.of("all", "unmarked");

    private final Elements elements;
    private final Types types;

    public UnmarkedReader(ProcessingEnvironment environment) {
        this.elements = environment.getElementUtils();
        this.types = environment.getTypeUtils();
    }

    /** What a class would be; empty if it is marked, if it could not be a plug, or if somebody silenced the warning. */
    public Optional<UnmarkedPlug> read(TypeElement type) {
        Declaration declaration = Declarations.of(type);
        boolean couldBe = declaration.kind() == Declaration.Kind.CLASS
                && declaration.isPublic()
                && !declaration.isAbstract()
                && !declaration.isInner();
        if (!couldBe || isMarked(type) || Declarations.enclosing(type).anyMatch(UnmarkedReader::isSilenced)) {
            return Optional.empty();
        }
        return PlugKind.ALL.stream()
                .filter(kind -> isA(CoreNames.of(kind.type()), type))
                .findFirst()
                .map(kind -> new UnmarkedPlug(kind, declaration));
    }

    private static boolean isMarked(TypeElement type) {
        return PlugReader.annotations().stream()
                .anyMatch(annotation -> AnnotationView.find(type, annotation).isPresent());
    }

    private static boolean isSilenced(TypeElement type) {
        return AnnotationView.find(type, "java.lang.SuppressWarnings").stream()
                .flatMap(annotation -> annotation.texts("value").stream())
                .anyMatch(text -> SILENT.contains(text.text()));
    }

    private boolean isA(String wanted, TypeElement type) {
        TypeElement declared = elements.getTypeElement(wanted);
        return declared != null && types.isAssignable(types.erasure(type.asType()), declared.asType());
    }
}
