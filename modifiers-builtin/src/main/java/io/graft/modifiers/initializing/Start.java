package io.graft.modifiers.initializing;

import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensor;

/**
 * What a tensor of the model starts with.
 *
 * @param value of the tensor's shape
 */
record Start(DraftTensor tensor, LazyTensor value) {}
