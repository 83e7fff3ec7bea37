package io.graft.convert;

import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.util.OptionalDouble;

/**
 * A tensor as it was written.
 *
 * @param key its name in the input; of one that is made of several, the first one's
 * @param name its name in the output
 * @param from its dtype in the input
 * @param to its dtype in the output
 * @param source where its values come from
 * @param isMoved whether it is made of parts of tensors, or its elements are in another order
 * @param maxRelativeError largest relative difference that rounding made; empty if the dtype is the same
 */
public record ConvertedTensor(
        String key,
        String name,
        DType from,
        DType to,
        Shape shape,
        Provenance source,
        boolean isMoved,
        OptionalDouble maxRelativeError) {}
