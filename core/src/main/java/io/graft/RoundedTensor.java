package io.graft;

import io.graft.tensor.ValueCount;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a tensor's values when they were rounded to its dtype.
 *
 * @param name of the tensor
 * @param maxRelativeError largest relative difference, over the values that stayed finite; empty if the tensor was not cast
 * @param lost how many values were lost; empty if none was
 */
public record RoundedTensor(String name, OptionalDouble maxRelativeError, Optional<ValueCount> lost) {}
