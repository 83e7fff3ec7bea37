package io.graft.processor.discover;

import io.graft.processor.model.ConstraintModel;
import io.graft.processor.model.Literal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;

/** Recognises the constraints of Jakarta Validation by their names, so that nobody needs its jar. */
final class JakartaReader {
    private static final String PACKAGE = "jakarta.validation.constraints.";
    private static final String META_ANNOTATION = "jakarta.validation.Constraint";
    private static final double NONE = Double.POSITIVE_INFINITY;

    private static final Map<String, Function<AnnotationView, Optional<ConstraintModel>>> KNOWN = Map.ofEntries(
            Map.entry("Min", annotation -> min(annotation, annotation.number("value", -NONE), false)),
            Map.entry("Max", annotation -> max(annotation, annotation.number("value", NONE), false)),
            Map.entry("DecimalMin", annotation -> min(annotation, decimal(annotation, -NONE), isExclusive(annotation))),
            Map.entry("DecimalMax", annotation -> max(annotation, decimal(annotation, NONE), isExclusive(annotation))),
            Map.entry("Positive", annotation -> min(annotation, 0, true)),
            Map.entry("PositiveOrZero", annotation -> min(annotation, 0, false)),
            Map.entry("Negative", annotation -> max(annotation, 0, true)),
            Map.entry("NegativeOrZero", annotation -> max(annotation, 0, false)),
            Map.entry("Size", annotation -> Optional.of(ConstraintReader.size(annotation))),
            Map.entry(
                    "NotEmpty",
                    annotation -> Optional.of(new ConstraintModel.NotEmpty(annotation.display(), annotation.at()))),
            Map.entry(
                    "NotBlank",
                    annotation -> Optional.of(new ConstraintModel.NotBlank(annotation.display(), annotation.at()))),
            Map.entry(
                    "Pattern",
                    annotation -> annotation.text("regexp").map(regex -> ConstraintReader.matches(annotation, regex))),
            Map.entry("Digits", JakartaReader::digits),
            // no option is ever null
            Map.entry("NotNull", annotation -> Optional.empty()));

    private JakartaReader() {}

    static List<ConstraintModel> constraints(VariableElement field) {
        List<ConstraintModel> constraints = new ArrayList<>();
        KNOWN.keySet().stream()
                .sorted()
                .filter(name -> isEnforced(field, name))
                .forEach(name -> AnnotationView.find(field, PACKAGE + name)
                        .flatMap(KNOWN.get(name))
                        .ifPresent(constraints::add));
        return constraints;
    }

    /** The constraints of Jakarta Validation, its own and others', that are not recognised. */
    static List<Literal> unenforced(VariableElement field) {
        return field.getAnnotationMirrors().stream()
                .filter(mirror -> isConstraint(type(mirror)))
                .map(mirror -> type(mirror).getQualifiedName().toString())
                .filter(name -> !name.startsWith(PACKAGE) || !isEnforced(field, name.substring(PACKAGE.length())))
                .map(name -> new Literal(
                        name, AnnotationView.find(field, name).orElseThrow().at()))
                .toList();
    }

    private static boolean isEnforced(VariableElement field, String name) {
        // the flags of a pattern have no form of ours
        boolean isFlagged = name.equals("Pattern")
                && AnnotationView.find(field, PACKAGE + name)
                        .filter(annotation -> annotation.isGiven("flags"))
                        .isPresent();
        return KNOWN.containsKey(name) && !isFlagged;
    }

    private static boolean isConstraint(TypeElement annotation) {
        return annotation.getQualifiedName().toString().startsWith(PACKAGE)
                || AnnotationView.find(annotation, META_ANNOTATION).isPresent();
    }

    private static TypeElement type(AnnotationMirror mirror) {
        return (TypeElement) mirror.getAnnotationType().asElement();
    }

    private static Optional<ConstraintModel> min(AnnotationView annotation, double min, boolean exclusive) {
        return Optional.of(
                new ConstraintModel.Range(min, NONE, exclusive, false, annotation.display(), annotation.at()));
    }

    private static Optional<ConstraintModel> max(AnnotationView annotation, double max, boolean exclusive) {
        return Optional.of(
                new ConstraintModel.Range(-NONE, max, false, exclusive, annotation.display(), annotation.at()));
    }

    private static Optional<ConstraintModel> digits(AnnotationView annotation) {
        return Optional.of(new ConstraintModel.Digits(
                (int) annotation.number("integer", 0),
                (int) annotation.number("fraction", 0),
                annotation.display(),
                annotation.at()));
    }

    private static double decimal(AnnotationView annotation, double absent) {
        try {
            return annotation
                    .text("value")
                    .map(Literal::text)
                    .map(Double::valueOf)
                    .orElse(absent);
        } catch (NumberFormatException e) {
            return absent;
        }
    }

    private static boolean isExclusive(AnnotationView annotation) {
        return annotation.isGiven("inclusive") && !annotation.flag("inclusive");
    }
}
