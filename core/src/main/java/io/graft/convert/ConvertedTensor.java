package io.graft.convert;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.OptionalDouble;

/**
 * A tensor as it was written.
 *
 * @param key its name in the input
 * @param name its name in the output
 * @param from its dtype in the input
 * @param to its dtype in the output
 * @param maxRelativeError largest relative difference that rounding made; empty if the dtype is the same
 */
public record ConvertedTensor(
        String key, String name, DType from, DType to, Shape shape, OptionalDouble maxRelativeError) {}
