package io.graft.processor.discover;

import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.VariableElement;

/** Reads the default and the constraints of a component from its private field. */
final class ConstraintReader {
    private static final String PACKAGE = CoreNames.of("io.graft.config.");

    private ConstraintReader() {}

    static Optional<Literal> defaultValue(VariableElement field) {
        return find(field, "Default").flatMap(annotation -> annotation.text("value"));
    }

    static List<ConstraintModel> constraints(VariableElement field) {
        List<ConstraintModel> constraints = new ArrayList<>();
        find(field, "Range").map(ConstraintReader::range).ifPresent(constraints::add);
        find(field, "NotEmpty")
                .map(annotation -> new ConstraintModel.NotEmpty(annotation.display(), annotation.at()))
                .ifPresent(constraints::add);
        find(field, "NotBlank")
                .map(annotation -> new ConstraintModel.NotBlank(annotation.display(), annotation.at()))
                .ifPresent(constraints::add);
        find(field, "Size").map(ConstraintReader::size).ifPresent(constraints::add);
        find(field, "Matches")
                .flatMap(annotation -> annotation.text("value").map(regex -> matches(annotation, regex)))
                .ifPresent(constraints::add);
        find(field, "OneOf").map(ConstraintReader::oneOf).ifPresent(constraints::add);
        find(field, "Each").map(ConstraintReader::each).ifPresent(constraints::add);
        constraints.addAll(JakartaReader.constraints(field));
        return constraints;
    }

    private static ConstraintModel range(AnnotationView annotation) {
        return new ConstraintModel.Range(
                annotation.number("min", Double.NEGATIVE_INFINITY),
                annotation.number("max", Double.POSITIVE_INFINITY),
                annotation.flag("exclusiveMin"),
                annotation.flag("exclusiveMax"),
                annotation.display(),
                annotation.at());
    }

    static ConstraintModel size(AnnotationView annotation) {
        return new ConstraintModel.Size(
                (int) annotation.number("min", 0),
                (int) annotation.number("max", Integer.MAX_VALUE),
                annotation.display(),
                annotation.at());
    }

    static ConstraintModel matches(AnnotationView annotation, Literal regex) {
        return new ConstraintModel.Matches(regex, annotation.display(), annotation.at());
    }

    private static ConstraintModel oneOf(AnnotationView annotation) {
        return new ConstraintModel.OneOf(
                annotation.texts("value").stream().map(Literal::text).toList(), annotation.display(), annotation.at());
    }

    private static ConstraintModel each(AnnotationView annotation) {
        return new ConstraintModel.Each(
                annotation.flag("nonBlank"), annotation.flag("unique"), annotation.display(), annotation.at());
    }

    private static Optional<AnnotationView> find(VariableElement field, String annotation) {
        return AnnotationView.find(field, PACKAGE + annotation);
    }
}
