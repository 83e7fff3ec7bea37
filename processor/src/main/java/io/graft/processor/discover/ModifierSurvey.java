package io.graft.processor.discover;

import io.graft.processor.model.ModifierName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** All the modifiers that a compilation sees, by name. */
public final class ModifierSurvey {
    private final Elements elements;
    private final SourceLines lines;
    private final SortedSet<String> found = new TreeSet<>();

    public ModifierSurvey(ProcessingEnvironment environment) {
        this.elements = environment.getElementUtils();
        this.lines = SourceLines.of(environment);
    }

    /** Takes in the modifiers of a round. */
    public void add(Collection<TypeElement> modifiers) {
        modifiers.stream()
                .filter(type -> type.getKind().isClass())
                .forEach(type -> found.add(type.getQualifiedName().toString()));
    }

    /** The modifiers of every round, in the order of their names. */
    public List<ModifierName> found() {
        return found.stream().flatMap(name -> name(name).stream()).toList();
    }

    /** The declarations of these modifiers. */
    public List<TypeElement> origins() {
        return found.stream().map(elements::getTypeElement).toList();
    }

    /** The name of a class, if it is there and a modifier. */
    public Optional<ModifierName> name(String className) {
        return modifier(className)
                .flatMap(type -> AnnotationView.find(type, ModifierReader.MODIFIER)
                        .flatMap(annotation -> annotation.text("value"))
                        .map(id -> new ModifierName(Declarations.reference(type), id, lines.place(type))));
    }

    private Optional<TypeElement> modifier(String className) {
        return Optional.ofNullable(className.isEmpty() ? null : elements.getTypeElement(className));
    }

    /**
     * Whether a line that an earlier compilation wrote still holds: its modifier is there and still one. Of a line
     * that a person
     * wrote, the class must be there.
     */
    public boolean isAlive(String provider, String modifier) {
        return modifier.isEmpty()
                ? elements.getTypeElement(provider.replace('$', '.')) != null
                : name(modifier).isPresent();
    }
}
