package io.graft.processor.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One component of an options record and the key that it is read from.
 *
 * @param component the Java name
 * @param key kebab-case
 * @param unenforced fully qualified names of constraints that mean nothing to the binder
 * @param documentation plain text of the record's {@code @param}; empty if there is none
 */
public record KeyModel(
        String component,
        String key,
        TypeShape shape,
        Optional<Literal> defaultValue,
        List<ConstraintModel> constraints,
        List<Literal> unenforced,
        KeyLife life,
        String documentation,
        SourceRef at)
        implements ComponentModel {
    public KeyModel {
        constraints = List.copyOf(constraints);
        unenforced = List.copyOf(unenforced);
    }

    @Override
    public Stream<KeyModel> keys() {
        return Stream.of(this);
    }

    /** The names that the key may be written by for good, its own first. */
    public Stream<String> names() {
        return Stream.concat(Stream.of(key), life.aliases().stream().map(Literal::text));
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
