package io.graft.processor.model;

import java.util.List;

/** A constraint of a component, ours or one of Jakarta Validation that means the same. */
public sealed interface ConstraintModel {
    /** The place of the annotation. */
    SourceRef at();

    /** The annotation as a message shows it: {@code @Range(min=1)}. */
    String display();

    /** The annotation's name: {@code @Range}. */
    default String name() {
        int members = display().indexOf('(');
        return members < 0 ? display() : display().substring(0, members);
    }

    /** {@code @Range}; an infinite bound is none. */
    record Range(double min, double max, boolean exclusiveMin, boolean exclusiveMax, String display, SourceRef at)
            implements ConstraintModel {}

    /** {@code @NotEmpty}. */
    record NotEmpty(String display, SourceRef at) implements ConstraintModel {}

    /** {@code @NotBlank}. */
    record NotBlank(String display, SourceRef at) implements ConstraintModel {}

    /** {@code @Size}. */
    record Size(int min, int max, String display, SourceRef at) implements ConstraintModel {}

    /** {@code @Matches}. */
    record Matches(Literal regex, String display, SourceRef at) implements ConstraintModel {}

    /** {@code @OneOf}. */
    record OneOf(List<String> allowed, String display, SourceRef at) implements ConstraintModel {
        public OneOf {
            allowed = List.copyOf(allowed);
        }
    }

    /** {@code @Each}. */
    record Each(boolean nonBlank, boolean unique, String display, SourceRef at) implements ConstraintModel {}

    /** Jakarta's {@code @Digits}. */
    record Digits(int integer, int fraction, String display, SourceRef at) implements ConstraintModel {}
}
