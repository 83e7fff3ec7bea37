package io.graft.processor.model;

/** {@code @RenamedFrom}: what a key was called before; {@code removeIn} is empty if it says nothing. */
public record FormerKeyModel(Literal name, String since, String removeIn) {}
