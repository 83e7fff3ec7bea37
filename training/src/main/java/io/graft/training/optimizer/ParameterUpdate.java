package io.graft.training.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * One step of one parameter.
 *
 * @param weight to be changed in place; takes no gradients meanwhile
 * @param gradient as it was clipped; may be changed, for it is zero after the step
 * @param state of the parameter, which counts this step already
 * @param learningRate of its group, in this step
 * @param weightDecay of its group
 */
public record ParameterUpdate(
        NDArray weight, NDArray gradient, ParameterState state, double learningRate, double weightDecay) {}
