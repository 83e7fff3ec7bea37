package io.graft.processor.model;

import java.util.List;

/**
 * A sealed interface of records, of which a file chooses one.
 *
 * @param discriminator the key that tells which
 * @param alternatives the permitted types in the order of declaration, records or not
 */
public record ChoiceModel(
        Declaration declaration, BinderOrigin binder, String discriminator, List<Alternative> alternatives) {
    public ChoiceModel {
        alternatives = List.copyOf(alternatives);
    }

    /**
     * A permitted type.
     *
     * @param tag how a file names it
     */
    public record Alternative(Declaration declaration, Literal tag) {
        public TypeRef type() {
            return declaration.type();
        }

        public boolean isRecord() {
            return declaration.kind() == Declaration.Kind.RECORD
                    && declaration.typeParameters().isEmpty();
        }
    }

    /** The alternatives that are records. */
    public List<Alternative> records() {
        return alternatives.stream().filter(Alternative::isRecord).toList();
    }

    public TypeRef type() {
        return declaration.type();
    }
}
