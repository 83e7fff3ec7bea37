package io.graft.processor.model;

import java.util.List;

/**
 * How a class is declared.
 *
 * @param isPublic whether it and every class around it is public
 * @param isPrivate whether it or a class around it is private
 * @param isInner whether its objects belong to one of the class around it
 * @param typeParameters their names
 */
public record Declaration(
        TypeRef type,
        Kind kind,
        boolean isPublic,
        boolean isPrivate,
        boolean isAbstract,
        boolean isInner,
        List<String> typeParameters,
        SourceRef at) {
    public Declaration {
        typeParameters = List.copyOf(typeParameters);
    }

    /** The name with its type parameters, {@code C<T>}. */
    public String display() {
        return typeParameters.isEmpty()
                ? type.simpleName()
                : type.simpleName() + "<" + String.join(", ", typeParameters) + ">";
    }

    /** What is declared. */
    public enum Kind {
        CLASS("class"),
        INTERFACE("interface"),
        ENUM("enum"),
        RECORD("record"),
        ANNOTATION("annotation");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** For messages. */
        public String word() {
            return word;
        }
    }
}
