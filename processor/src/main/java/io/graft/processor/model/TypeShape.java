package io.graft.processor.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The type of a component as far as configuration cares. The shapes from {@link RawCollection} on have no form in a
 * file.
 */
public sealed interface TypeShape {
    /** A number, text or other value with a decoder of its own in core. */
    record Scalar(ScalarKind kind) implements TypeShape {}

    /** A wrapper class such as {@code Integer}; good as an element, not as a component. */
    record Boxed(ScalarKind kind) implements TypeShape {}

    /**
     * An enum.
     *
     * @param constants in the order of declaration
     */
    record EnumOf(TypeRef type, List<String> constants) implements TypeShape {
        public EnumOf {
            constants = List.copyOf(constants);
        }
    }

    /**
     * A type with a decoder of its own.
     *
     * @param isScalar whether the decoder reads the text of a scalar; if not, it reads a value of any form
     * @param accepted what it says of the values; empty if it says nothing
     */
    record Decoded(TypeRef type, TypeRef decoder, boolean isScalar, Optional<Accepted> accepted) implements TypeShape {}

    /** A record with a binder. */
    record Nested(TypeRef type) implements TypeShape {}

    /** A sealed interface of records, with a binder. */
    record ChoiceOf(TypeRef type) implements TypeShape {}

    record ListOf(TypeShape element) implements TypeShape {}

    record SetOf(TypeShape element) implements TypeShape {}

    record MapOf(TypeShape key, TypeShape value) implements TypeShape {}

    record OptionalOf(TypeShape value) implements TypeShape {}

    /** A collection without its element type. */
    record RawCollection(String type) implements TypeShape {}

    /** A wildcard where an element type is needed. */
    record Wildcard(String text) implements TypeShape {}

    /** A type that the compiler cannot find. */
    record Unresolved(String type) implements TypeShape {}

    /** A record with type parameters. */
    record GenericRecord(String display) implements TypeShape {}

    /**
     * A type with {@code @Nullable}.
     *
     * @param at the annotation
     */
    record NullableOf(TypeShape value, SourceRef at) implements TypeShape {}

    /** An interface that anybody may implement. */
    record OpenInterface(String type) implements TypeShape {}

    /**
     * A type whose decoder is none.
     *
     * @param fault what the decoder must be like
     * @param at the annotation that names it; empty if that is on the type
     */
    record Undecodable(String type, String fault, Optional<SourceRef> at) implements TypeShape {}

    /** Anything else. */
    record Unsupported(String type) implements TypeShape {}

    /** The type as a component would declare it, for messages. */
    default String display() {
        if (this instanceof Scalar scalar) {
            return scalar.kind().javaName();
        } else if (this instanceof Boxed boxed) {
            return boxed.kind().boxedName();
        } else if (this instanceof EnumOf constants) {
            return constants.type().simpleName();
        } else if (this instanceof Decoded decoded) {
            return decoded.type().simpleName();
        } else if (this instanceof Nested nested) {
            return nested.type().simpleName();
        } else if (this instanceof ChoiceOf choice) {
            return choice.type().simpleName();
        } else if (this instanceof ListOf list) {
            return "List<" + list.element().display() + ">";
        } else if (this instanceof SetOf set) {
            return "Set<" + set.element().display() + ">";
        } else if (this instanceof MapOf map) {
            return "Map<" + map.key().display() + ", " + map.value().display() + ">";
        } else if (this instanceof OptionalOf optional) {
            return "Optional<" + optional.value().display() + ">";
        } else if (this instanceof RawCollection raw) {
            return raw.type();
        } else if (this instanceof Wildcard wildcard) {
            return wildcard.text();
        } else if (this instanceof Unresolved unresolved) {
            return unresolved.type();
        } else if (this instanceof GenericRecord generic) {
            return generic.display();
        } else if (this instanceof NullableOf nullable) {
            return nullable.value().display();
        } else if (this instanceof OpenInterface open) {
            return open.type();
        } else if (this instanceof Undecodable undecodable) {
            return undecodable.type();
        } else if (this instanceof Unsupported unsupported) {
            return unsupported.type();
        }
        throw new AssertionError(this);
    }

    /** This shape and every shape inside it. */
    default Stream<TypeShape> flatten() {
        return Stream.concat(Stream.of(this), parts().stream().flatMap(TypeShape::flatten));
    }

    /** The record or sealed interface that a binder of its own reads, if it is one. */
    default Optional<TypeRef> bound() {
        if (this instanceof Nested nested) {
            return Optional.of(nested.type());
        }
        return this instanceof ChoiceOf choice ? Optional.of(choice.type()) : Optional.empty();
    }

    /** Whether a configuration has a form for it. */
    default boolean isSupported() {
        return flatten()
                .noneMatch(shape -> shape instanceof RawCollection
                        || shape instanceof Wildcard
                        || shape instanceof Unresolved
                        || shape instanceof GenericRecord
                        || shape instanceof NullableOf
                        || shape instanceof OpenInterface
                        || shape instanceof Undecodable
                        || shape instanceof Unsupported);
    }

    /** Whether an absent key can mean an empty value. */
    default boolean isCollection() {
        return this instanceof ListOf || this instanceof SetOf || this instanceof MapOf;
    }

    /** The shapes directly inside this one. */
    default List<TypeShape> parts() {
        if (this instanceof ListOf list) {
            return List.of(list.element());
        } else if (this instanceof SetOf set) {
            return List.of(set.element());
        } else if (this instanceof MapOf map) {
            return List.of(map.key(), map.value());
        } else if (this instanceof OptionalOf optional) {
            return List.of(optional.value());
        }
        return List.of();
    }
}
