package io.graft.checkpoint;

/**
 * Tensors of a file that are no model's: what an optimizer or a generator of random numbers keeps. They are told, and not read
 * as a model's.
 *
 * @param name the keys that lead to them, joined by dots: {@code optimizer_states}
 * @param tensors how many they are
 * @param bytes that they take
 */
public record Aside(String name, int tensors, long bytes) {}
