package io.graft.processor.discover;

import io.graft.processor.model.CheckMethod;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.RemovedKeyModel;
import io.graft.processor.model.SourceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Reads what a record says of its keys as a whole. */
final class RecordReader {
    private static final String PACKAGE = CoreNames.of("io.graft.config.");
    private static final String SINK = PACKAGE + "CheckSink";

    private RecordReader() {}

    static List<RemovedKeyModel> removedKeys(TypeElement record) {
        return AnnotationView.findAll(record, PACKAGE + "RemovedKey").stream()
                .flatMap(annotation -> annotation
                        .text("key")
                        .map(key -> new RemovedKeyModel(key, annotation.string("since"), annotation.string("reason")))
                        .stream())
                .toList();
    }

    static Optional<String> includes(TypeElement record) {
        return AnnotationView.find(record, PACKAGE + "Includes").map(annotation -> annotation.string("value"));
    }

    static List<KeyRelation> relations(TypeElement record) {
        List<KeyRelation> relations = new ArrayList<>();
        AnnotationView.findAll(record, PACKAGE + "Exclusive").forEach(annotation -> {
            List<Literal> together = annotation.texts("value");
            if (!together.isEmpty()) {
                relations.add(new KeyRelation.Exclusive(together));
            }
            annotation
                    .text("key")
                    .ifPresent(key -> annotation
                            .texts("with")
                            .forEach(with -> relations.add(new KeyRelation.Exclusive(List.of(key, with)))));
        });
        AnnotationView.findAll(record, PACKAGE + "Requires")
                .forEach(annotation -> annotation
                        .text("key")
                        .flatMap(key -> annotation.text("with").map(with -> new KeyRelation.Requires(key, with)))
                        .ifPresent(relations::add));
        return relations;
    }

    static List<CheckMethod> checks(TypeElement record) {
        return ElementFilter.methodsIn(record.getEnclosedElements()).stream()
                .filter(method -> AnnotationView.find(method, PACKAGE + "Check").isPresent())
                .map(method -> check(record, method))
                .toList();
    }

    private static CheckMethod check(TypeElement record, ExecutableElement method) {
        List<? extends VariableElement> parameters = method.getParameters();
        boolean isCallable = method.getModifiers().contains(Modifier.STATIC)
                && !method.getModifiers().contains(Modifier.PRIVATE)
                && method.getTypeParameters().isEmpty()
                && method.getReturnType().getKind() == TypeKind.VOID
                && parameters.size() == 2
                && isClass(parameters.get(0), record.getQualifiedName().toString())
                && isClass(parameters.get(1), SINK);
        return new CheckMethod(
                method.getSimpleName().toString(), isCallable, signature(method), SourceRef.of((Element) method));
    }

    private static boolean isClass(VariableElement parameter, String name) {
        return parameter.asType() instanceof DeclaredType type
                && ((TypeElement) type.asElement()).getQualifiedName().contentEquals(name);
    }

    private static String signature(ExecutableElement method) {
        Stream<String> modifiers = method.getModifiers().stream()
                .filter(modifier -> modifier == Modifier.PRIVATE || modifier == Modifier.STATIC)
                .map(Modifier::toString);
        String parameters = method.getParameters().stream()
                .map(parameter -> simpleName(parameter.asType()))
                .collect(Collectors.joining(", ", "(", ")"));
        return Stream.concat(modifiers, Stream.of(simpleName(method.getReturnType())))
                        .collect(Collectors.joining(" "))
                + " "
                + method.getSimpleName()
                + parameters;
    }

    private static String simpleName(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? declared.asElement().getSimpleName().toString()
                : type.toString();
    }
}
