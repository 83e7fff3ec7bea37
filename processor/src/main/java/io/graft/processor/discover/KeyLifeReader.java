package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.KeyLife;
import io.graft.processor.model.Literal;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.VariableElement;

/** Reads the names of a component's key, and whether its value is secret, from its private field. */
final class KeyLifeReader {
    private static final String PACKAGE = CoreNames.of("io.graft.config.");

    private KeyLifeReader() {}

    static KeyLife read(VariableElement field) {
        Optional<Literal> name =
                AnnotationView.find(field, PACKAGE + "KeyName").flatMap(annotation -> annotation.text("value"));
        List<Literal> aliases = AnnotationView.find(field, PACKAGE + "Alias")
                .map(annotation -> annotation.texts("value"))
                .orElse(List.of());
        List<FormerKeyModel> former = AnnotationView.findAll(field, PACKAGE + "RenamedFrom").stream()
                .flatMap(annotation -> annotation
                        .text("value")
                        .map(value ->
                                new FormerKeyModel(value, annotation.string("since"), annotation.string("removeIn")))
                        .stream())
                .toList();
        return new KeyLife(
                name,
                aliases,
                former,
                AnnotationView.find(field, PACKAGE + "Secret").map(AnnotationView::at));
    }
}
