package io.graft.processor.discover;

import io.graft.processor.model.Literal;
import io.graft.processor.model.SourceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Name;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;

/** One annotation of an element, read by member names; classes it names are never loaded. */
final class AnnotationView {
    private final Element element;
    private final AnnotationMirror mirror;

    private AnnotationView(Element element, AnnotationMirror mirror) {
        this.element = element;
        this.mirror = mirror;
    }

    static Optional<AnnotationView> find(Element element, String annotation) {
        return element.getAnnotationMirrors().stream()
                .filter(mirror -> name(mirror).contentEquals(annotation))
                .findFirst()
                .map(mirror -> new AnnotationView(element, mirror));
    }

    /** The annotation as often as it is repeated; its container is the nested annotation {@code List}. */
    static List<AnnotationView> findAll(Element element, String annotation) {
        Stream<AnnotationView> repeated = find(element, annotation + ".List").stream()
                .flatMap(container -> container.value("value").stream())
                .flatMap(value -> elements(value).stream())
                .filter(value -> value.getValue() instanceof AnnotationMirror)
                .map(value -> new AnnotationView(element, (AnnotationMirror) value.getValue()));
        return Stream.concat(find(element, annotation).stream(), repeated).toList();
    }

    /** The annotation of this simple name, whoever declares it, on an element or on its type. */
    static Optional<AnnotationView> named(Element element, String simpleName) {
        return Stream.concat(element.getAnnotationMirrors().stream(), element.asType().getAnnotationMirrors().stream())
                .filter(mirror ->
                        mirror.getAnnotationType().asElement().getSimpleName().contentEquals(simpleName))
                .findFirst()
                .map(mirror -> new AnnotationView(element, mirror));
    }

    /** The annotations of a package, without those inside them. */
    static List<AnnotationView> inPackage(Element element, String packageName) {
        return element.getAnnotationMirrors().stream()
                .filter(mirror ->
                        mirror.getAnnotationType().asElement().getEnclosingElement() instanceof PackageElement holder
                                && holder.getQualifiedName().contentEquals(packageName))
                .map(mirror -> new AnnotationView(element, mirror))
                .toList();
    }

    String simpleName() {
        return mirror.getAnnotationType().asElement().getSimpleName().toString();
    }

    private static Name name(AnnotationMirror mirror) {
        return ((TypeElement) mirror.getAnnotationType().asElement()).getQualifiedName();
    }

    SourceRef at() {
        return SourceRef.of(element, mirror);
    }

    /** The text of a member; empty if the source leaves it out or the compiler cannot evaluate it. */
    Optional<Literal> text(String member) {
        return value(member).filter(value -> value.getValue() instanceof String).map(this::literal);
    }

    /** The text of a member; empty if the source leaves it out. */
    String string(String member) {
        return text(member).map(Literal::text).orElse("");
    }

    boolean isGiven(String member) {
        return value(member).isPresent();
    }

    List<Literal> texts(String member) {
        return value(member).map(AnnotationView::elements).orElse(List.of()).stream()
                .filter(value -> value.getValue() instanceof String)
                .map(this::literal)
                .toList();
    }

    double number(String member, double absent) {
        return value(member)
                .map(AnnotationValue::getValue)
                .filter(Number.class::isInstance)
                .map(number -> ((Number) number).doubleValue())
                .orElse(absent);
    }

    boolean flag(String member) {
        return value(member)
                .filter(value -> Boolean.TRUE.equals(value.getValue()))
                .isPresent();
    }

    Optional<TypeMirror> type(String member) {
        return value(member)
                .map(AnnotationValue::getValue)
                .filter(TypeMirror.class::isInstance)
                .map(TypeMirror.class::cast);
    }

    /** The annotation as a message shows it, with the members that the source gives: {@code @Range(min=1)}. */
    String display() {
        String members = mirror.getElementValues().entrySet().stream()
                .map(member -> display(member.getKey(), member.getValue()))
                .collect(Collectors.joining(", "));
        String name = "@" + mirror.getAnnotationType().asElement().getSimpleName();
        return members.isEmpty() ? name : name + "(" + members + ")";
    }

    private String display(ExecutableElement member, AnnotationValue value) {
        boolean alone =
                mirror.getElementValues().size() == 1 && member.getSimpleName().contentEquals("value");
        return alone ? display(value) : member.getSimpleName() + "=" + display(value);
    }

    private static String display(AnnotationValue value) {
        if (value.getValue() instanceof Long number) {
            return number.toString();
        }
        boolean integral = value.getValue() instanceof Double number && number == Math.rint(number);
        return integral ? value.toString().replaceFirst("\\.0$", "") : value.toString();
    }

    private Literal literal(AnnotationValue value) {
        return new Literal((String) value.getValue(), SourceRef.of(element, mirror, value));
    }

    private Optional<AnnotationValue> value(String member) {
        for (Map.Entry<? extends ExecutableElement, ? extends AnnotationValue> entry :
                mirror.getElementValues().entrySet()) {
            if (entry.getKey().getSimpleName().contentEquals(member)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    private static List<AnnotationValue> elements(AnnotationValue array) {
        // an array in braces is a list of values; a single value without braces is read by javac as a list, too
        return array.getValue() instanceof List<?> values
                ? values.stream()
                        .filter(AnnotationValue.class::isInstance)
                        .map(AnnotationValue.class::cast)
                        .toList()
                : List.of(array);
    }
}
