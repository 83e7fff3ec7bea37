package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.PlugName;
import io.graft.registry.PlugKind;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** All the plugs of one kind that a compilation sees, by name. */
public final class PlugSurvey {
    private final String annotation;
    private final Elements elements;
    private final SourceLines lines;
    private final SortedSet<String> found = new TreeSet<>();

    /**
     * @param kind of the plugs
     */
    public PlugSurvey(PlugKind<?> kind, ProcessingEnvironment environment) {
        this.annotation = CoreNames.of(kind.annotation());
        this.elements = environment.getElementUtils();
        this.lines = SourceLines.of(environment);
    }

    /** Takes in the plugs of a round. */
    public void add(Collection<TypeElement> plugs) {
        plugs.stream()
                .filter(type -> type.getKind().isClass())
                .forEach(type -> found.add(type.getQualifiedName().toString()));
    }

    /** The plugs of every round, in the order of their names. */
    public List<PlugName> found() {
        return found.stream().flatMap(name -> name(name).stream()).toList();
    }

    /** The declarations of these plugs. */
    public List<TypeElement> origins() {
        return found.stream().map(elements::getTypeElement).toList();
    }

    /** The name of a class, if it is there and a plug. */
    public Optional<PlugName> name(String className) {
        return type(className)
                .flatMap(type -> AnnotationView.find(type, annotation)
                        .flatMap(mark -> mark.text("value"))
                        .map(id -> new PlugName(Declarations.reference(type), id, lines.place(type))));
    }

    private Optional<TypeElement> type(String className) {
        return Optional.ofNullable(className.isEmpty() ? null : elements.getTypeElement(className));
    }

    /**
     * Whether a line that an earlier compilation wrote still holds: its plug is there and still one. Of a line
     * that a person
     * wrote, the class must be there.
     */
    public boolean isAlive(String provider, String plug) {
        return plug.isEmpty()
                ? elements.getTypeElement(provider.replace('$', '.')) != null
                : name(plug).isPresent();
    }
}
