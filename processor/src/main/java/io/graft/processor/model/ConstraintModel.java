package io.graft.processor.model;

/** A constraint of a component. */
public sealed interface ConstraintModel {
    /** The place of the annotation. */
    SourceRef at();

    /** The annotation as a message shows it: {@code @Range(min=1)}. */
    String display();

    /** {@code @Range}; an infinite bound is none. */
    record Range(double min, double max, boolean exclusiveMin, boolean exclusiveMax, String display, SourceRef at)
            implements ConstraintModel {}

    /** {@code @NotEmpty}. */
    record NotEmpty(String display, SourceRef at) implements ConstraintModel {}

    /** {@code @NotBlank}. */
    record NotBlank(String display, SourceRef at) implements ConstraintModel {}

    /** {@code @Size}. */
    record Size(int min, int max, String display, SourceRef at) implements ConstraintModel {}
}
