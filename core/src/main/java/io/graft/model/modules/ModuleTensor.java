package io.graft.model.modules;

import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;

/**
 * A tensor of a module that a model is to get.
 *
 * @param name its name in the module: {@code weight}, {@code layers.0.bias}
 * @param initial its values, dtype and shape before anything fills it
 */
public record ModuleTensor(String name, TensorKind kind, LazyTensor initial) {}
