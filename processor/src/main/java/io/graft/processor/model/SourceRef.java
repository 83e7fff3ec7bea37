package io.graft.processor.model;

import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import org.jspecify.annotations.Nullable;

/**
 * A place in the source; opaque to everything but the discovery that makes it and the emission that prints there.
 *
 * @param element the declaration; null for the compilation as a whole
 * @param annotation an annotation on it
 * @param value a value of that annotation
 */
public record SourceRef(
        @Nullable Element element, Optional<AnnotationMirror> annotation, Optional<? extends AnnotationValue> value) {
    /** The compilation as a whole. */
    public static SourceRef nowhere() {
        return new SourceRef(null, Optional.empty(), Optional.empty());
    }

    /** A declaration as a whole. */
    public static SourceRef of(Element element) {
        return new SourceRef(element, Optional.empty(), Optional.empty());
    }

    /** An annotation of a declaration. */
    public static SourceRef of(Element element, AnnotationMirror annotation) {
        return new SourceRef(element, Optional.of(annotation), Optional.empty());
    }

    /** One value of an annotation. */
    public static SourceRef of(Element element, AnnotationMirror annotation, AnnotationValue value) {
        return new SourceRef(element, Optional.of(annotation), Optional.of(value));
    }
}
