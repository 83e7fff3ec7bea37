package io.graft.processor.model;

import java.util.Map;

/**
 * What a decoder says of the values that it accepts.
 *
 * @param name what people call one
 * @param schema its JSON Schema, in the order in which it is written; empty if there is none
 */
public record Accepted(String name, Map<String, Object> schema) {}
