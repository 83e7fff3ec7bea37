package io.graft.convert;

import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import java.util.OptionalDouble;

/**
 * A tensor as it was written.
 *
 * @param key its name in the input; of one that is made of several, the first one's
 * @param name its name in the output
 * @param from its dtype in the input, or the type of the blocks that it is stored as and keeps
 * @param to its dtype in the output, or the type of the blocks that its numbers are packed into
 * @param shape of its numbers; of what is copied as it lies, of that
 * @param bytes that it takes in the output
 * @param source where its values come from
 * @param isMoved whether it is made of parts of tensors, or its elements are in another order
 * @param maxRelativeError largest relative difference that rounding made; empty if the dtype is the same, and of blocks
 */
public record ConvertedTensor(
        String key,
        String name,
        String from,
        String to,
        Shape shape,
        long bytes,
        Provenance source,
        boolean isMoved,
        OptionalDouble maxRelativeError) {}
