package io.graft.processor.discover;

import io.graft.processor.model.BinderOrigin;
import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.ComponentModel;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.FlattenedModel;
import io.graft.processor.model.KeyLife;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/** Reads an options record and every record and sealed interface nested in it. */
final class OptionsReader {
    private static final String CONFIG = CoreNames.of("io.graft.config");
    private static final String FLATTEN = CoreNames.of("io.graft.config.Flatten");
    private static final String TAG = CoreNames.of("io.graft.config.Tag");
    private static final String DISCRIMINATOR = CoreNames.of("io.graft.config.Discriminator");

    private final Elements elements;
    private final ShapeReader shapes;
    private final BinderLocator binders;

    OptionsReader(Elements elements, ShapeReader shapes, BinderLocator binders) {
        this.elements = elements;
        this.shapes = shapes;
        this.binders = binders;
    }

    /**
     * What an options record is made of.
     *
     * @param records the record first, then those nested in it in the order in which they are met, each once
     * @param choices the sealed interfaces that are met, each once
     */
    record Found(List<OptionsModel> records, List<ChoiceModel> choices) {
        static final Found NOTHING = new Found(List.of(), List.of());
    }

    Found read(TypeElement record) {
        List<OptionsModel> records = new ArrayList<>();
        List<ChoiceModel> choices = new ArrayList<>();
        Set<TypeRef> seen = new HashSet<>();
        Deque<TypeElement> waiting = new ArrayDeque<>(List.of(record));
        while (!waiting.isEmpty()) {
            TypeElement next = waiting.remove();
            if (!seen.add(Declarations.reference(next))) {
                continue;
            }
            if (next.getKind() == ElementKind.INTERFACE) {
                ChoiceModel choice = choice(next);
                choices.add(choice);
                choice.records().stream().map(ChoiceModel.Alternative::type).forEach(type -> add(type, waiting));
            } else {
                OptionsModel model = one(next, Set.of());
                records.add(model);
                nested(model).forEach(type -> add(type, waiting));
            }
        }
        return new Found(records, choices);
    }

    private static Stream<TypeRef> nested(OptionsModel model) {
        return model.components().stream()
                .flatMap(component -> component.shape().flatten())
                .flatMap(shape -> shape.bound().stream());
    }

    private void add(TypeRef type, Deque<TypeElement> waiting) {
        Optional.ofNullable(elements.getTypeElement(type.canonicalName())).ifPresent(waiting::add);
    }

    private ChoiceModel choice(TypeElement type) {
        String discriminator = AnnotationView.find(type, DISCRIMINATOR)
                .flatMap(annotation -> annotation.text("value"))
                .map(Literal::text)
                .orElse("type");
        List<ChoiceModel.Alternative> alternatives = type.getPermittedSubclasses().stream()
                .map(DeclaredType.class::cast)
                .map(permitted -> alternative((TypeElement) permitted.asElement()))
                .toList();
        return new ChoiceModel(Declarations.of(type), binders.locate(type), discriminator, alternatives);
    }

    private static ChoiceModel.Alternative alternative(TypeElement type) {
        Literal tag = AnnotationView.find(type, TAG)
                .flatMap(annotation -> annotation.text("value"))
                .orElseGet(() -> new Literal(KeyNames.of(type.getSimpleName().toString()), SourceRef.of(type)));
        return new ChoiceModel.Alternative(Declarations.of(type), tag);
    }

    /** @param around the records that this one is flattened into */
    private OptionsModel one(TypeElement record, Set<TypeRef> around) {
        Set<TypeRef> inside = Stream.concat(around.stream(), Stream.of(Declarations.reference(record)))
                .collect(Collectors.toUnmodifiableSet());
        BinderOrigin binder = binders.locate(record);
        // A class file has no comment, so only the record's own compilation knows its documentation.
        JavadocText javadoc = JavadocText.parse(elements.getDocComment(record));
        // Fields, since neither javac 17 nor ecj gives a position for a record component (JDK-8295184).
        List<ComponentModel> components = ElementFilter.fieldsIn(record.getEnclosedElements()).stream()
                .filter(field -> !field.getModifiers().contains(Modifier.STATIC))
                .map(field -> component(field, javadoc, inside))
                .toList();
        List<String> documented =
                javadoc.parameters().keySet().stream().sorted().toList();
        return new OptionsModel(
                Declarations.of(record),
                binder,
                components,
                documented,
                RecordReader.removedKeys(record),
                RecordReader.relations(record),
                RecordReader.includes(record),
                RecordReader.checks(record));
    }

    private ComponentModel component(VariableElement field, JavadocText javadoc, Set<TypeRef> around) {
        return AnnotationView.find(field, FLATTEN).isPresent()
                ? flattened(field, javadoc, around)
                : key(field, javadoc);
    }

    private FlattenedModel flattened(VariableElement field, JavadocText javadoc, Set<TypeRef> around) {
        TypeShape shape = shapes.read(field);
        String component = field.getSimpleName().toString();
        Optional<OptionsModel> record = Optional.of(shape)
                .filter(TypeShape.Nested.class::isInstance)
                .flatMap(TypeShape::bound)
                .filter(type -> !around.contains(type))
                .map(type -> one(elements.getTypeElement(type.canonicalName()), around));
        List<Literal> ofKeys = AnnotationView.inPackage(field, CONFIG).stream()
                .filter(annotation -> !annotation.simpleName().equals("Flatten"))
                .map(annotation -> new Literal("@" + annotation.simpleName(), annotation.at()))
                .toList();
        return new FlattenedModel(component, shape, record, ofKeys, javadoc.parameter(component), SourceRef.of(field));
    }

    private KeyModel key(VariableElement field, JavadocText javadoc) {
        String component = field.getSimpleName().toString();
        KeyLife life = KeyLifeReader.read(field);
        return new KeyModel(
                component,
                life.name().map(Literal::text).orElseGet(() -> KeyNames.of(component)),
                shapes.read(field),
                ConstraintReader.defaultValue(field),
                ConstraintReader.constraints(field),
                JakartaReader.unenforced(field),
                life,
                javadoc.parameter(component),
                SourceRef.of(field));
    }
}
