package io.graft.tensor;

import java.util.List;

/**
 * A tensor that is computed from others when it is read.
 *
 * <p>Arithmetic on floating-point numbers is best done and given in 32 bits, in 64 where an input has them, whatever the dtype of
 * the tensor that gets the values: they are rounded to that once, when they are written.
 */
public interface ComputedTensor extends LazyTensor {
    /** What is done with the inputs, in a few words: {@code cast F16 to F32}. */
    String operation();

    /**
     * What it takes beyond one pass over its inputs, each in a few words for people: {@code norm of [4, 3] to [1, 3] reads what is below
     * once more}. Empty for most.
     */
    default List<String> extraPasses() {
        return List.of();
    }

    /** What is done, and where all inputs come from. */
    @Override
    default Provenance provenance() {
        return new Provenance.Computed(
                operation(), inputs().stream().map(LazyTensor::provenance).toList());
    }
}
