package io.graft.processor.model;

/**
 * The little of a plug that is the same in a source and in a class file.
 *
 * @param place file and line for people, as {@code A.java:12}; empty if not known
 */
public record PlugName(TypeRef type, Literal id, String place) {}
