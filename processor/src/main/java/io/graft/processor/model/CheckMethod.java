package io.graft.processor.model;

/**
 * A method with {@code @Check}.
 *
 * @param isCallable whether the binder can call it with the record and a sink
 * @param signature how it is declared, for messages
 */
public record CheckMethod(String name, boolean isCallable, String signature, SourceRef at) {}
