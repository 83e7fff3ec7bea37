package io.graft.modifiers.transfer;

import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensor;

/**
 * An entry of a checkpoint and the tensor of the model that it fills.
 *
 * @param value of the target's shape
 */
record Load(TensorEntry entry, DraftTensor target, LazyTensor value) {}
