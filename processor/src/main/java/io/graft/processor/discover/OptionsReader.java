package io.graft.processor.discover;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/** Reads an options record and every record nested in it. */
final class OptionsReader {
    private final Elements elements;
    private final BinderLocator binders;

    OptionsReader(Elements elements, BinderLocator binders) {
        this.elements = elements;
        this.binders = binders;
    }

    /** The record first, then those nested in it in the order in which they are met, each once. */
    List<OptionsModel> read(TypeElement record) {
        List<OptionsModel> models = new ArrayList<>();
        Set<TypeRef> seen = new HashSet<>();
        Deque<TypeElement> waiting = new ArrayDeque<>(List.of(record));
        while (!waiting.isEmpty()) {
            TypeElement next = waiting.remove();
            if (seen.add(Declarations.reference(next))) {
                OptionsModel model = one(next);
                models.add(model);
                nested(model).map(this::element).filter(Objects::nonNull).forEach(waiting::add);
            }
        }
        return models;
    }

    private static Stream<TypeRef> nested(OptionsModel model) {
        return model.keys().stream()
                .flatMap(key -> key.shape().flatten())
                .filter(TypeShape.Nested.class::isInstance)
                .map(shape -> ((TypeShape.Nested) shape).type());
    }

    private TypeElement element(TypeRef type) {
        return elements.getTypeElement(type.canonicalName());
    }

    private OptionsModel one(TypeElement record) {
        BinderOrigin binder = binders.locate(record);
        // A class file has no comment, so only the record's own compilation knows its documentation.
        JavadocText javadoc = JavadocText.parse(elements.getDocComment(record));
        // Fields, since neither javac 17 nor ecj gives a position for a record component (JDK-8295184).
        List<KeyModel> keys = ElementFilter.fieldsIn(record.getEnclosedElements()).stream()
                .filter(field -> !field.getModifiers().contains(Modifier.STATIC))
                .map(field -> key(field, javadoc))
                .toList();
        return new OptionsModel(Declarations.of(record), binder, keys);
    }

    private static KeyModel key(VariableElement field, JavadocText javadoc) {
        String component = field.getSimpleName().toString();
        return new KeyModel(
                component,
                KeyNames.of(component),
                ShapeReader.read(field.asType()),
                ConstraintReader.defaultValue(field),
                ConstraintReader.constraints(field),
                javadoc.parameter(component),
                SourceRef.of(field));
    }
}
