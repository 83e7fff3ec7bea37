package io.graft.processor.discover;

import io.graft.processor.model.CoreNames;
import java.util.Optional;
import java.util.OptionalInt;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/** The core that the program is compiled against, which may be another than the one that the processor runs with. */
public final class CoreVersion {
    private static final String API_LEVEL = CoreNames.of("io.graft.registry.ApiLevel");

    private CoreVersion() {}

    /** Its API level; empty if it tells none. */
    public static OptionalInt apiLevel(Elements elements) {
        TypeElement type = elements.getTypeElement(API_LEVEL);
        return ElementFilter.fieldsIn(Optional.ofNullable(type).stream()
                        .flatMap(found -> found.getEnclosedElements().stream())
                        .toList())
                .stream()
                .filter(field -> field.getSimpleName().contentEquals("NEWEST"))
                .map(VariableElement::getConstantValue)
                .filter(Integer.class::isInstance)
                .mapToInt(Integer.class::cast)
                .findFirst();
    }
}
