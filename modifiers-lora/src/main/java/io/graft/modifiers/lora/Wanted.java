package io.graft.modifiers.lora;

import io.graft.tensor.Shape;
import java.util.List;
import java.util.function.Predicate;

/**
 * A tensor that the model has to have for an adapter.
 *
 * @param names what it may be called, as the adapter calls it, the likeliest first
 * @param fits which shapes it may have
 */
record Wanted(List<String> names, Predicate<Shape> fits) {}
