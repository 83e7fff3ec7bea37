package io.graft.model;

import io.graft.tensor.LazyTensor;

/**
 * A weight computed from other tensors, as in {@code torch.nn.utils.parametrize}: base plus low-rank update, dequantized
 * codes. Several may stand on one tensor; each sees the value that the ones before it give.
 */
public interface Parametrization {
    /** What it is, in a word: {@code lora}, {@code int8}. */
    String id();

    /**
     * The tensor as the model computes with it.
     *
     * @param original the value below this parametrization
     * @return a lazy tensor of the same shape
     */
    LazyTensor apply(LazyTensor original);
}
