package io.graft.processor.model;

/** {@code @RemovedKey}: a key that the record no longer has. */
public record RemovedKeyModel(Literal key, String since, String reason) {}
