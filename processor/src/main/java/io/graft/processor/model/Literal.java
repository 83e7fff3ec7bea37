package io.graft.processor.model;

/** A text in an annotation, with the place of its literal. */
public record Literal(String text, SourceRef at) {}
