package io.graft.processor.model;

import java.util.List;
import java.util.Optional;

/**
 * One component of an options record and the key that it is read from.
 *
 * @param component the Java name
 * @param key kebab-case
 * @param documentation plain text of the record's {@code @param}; empty if there is none
 */
public record KeyModel(
        String component,
        String key,
        TypeShape shape,
        Optional<Literal> defaultValue,
        List<ConstraintModel> constraints,
        String documentation,
        SourceRef at) {
    public KeyModel {
        constraints = List.copyOf(constraints);
    }

    /** What an absent key means. */
    public Absence absence() {
        if (shape instanceof TypeShape.OptionalOf) {
            return Absence.OPTIONAL;
        }
        if (defaultValue.isPresent()) {
            return Absence.DEFAULT;
        }
        boolean mayBeEmpty = constraints.stream().noneMatch(ConstraintModel.NotEmpty.class::isInstance);
        return shape.isCollection() && mayBeEmpty ? Absence.EMPTY : Absence.REQUIRED;
    }

    /** The four meanings of an absent key. */
    public enum Absence {
        REQUIRED,
        DEFAULT,
        OPTIONAL,
        EMPTY
    }
}
