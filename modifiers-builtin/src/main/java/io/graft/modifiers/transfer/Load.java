package io.graft.modifiers.transfer;

import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensor;

/**
 * What of a checkpoint fills a tensor of the model.
 *
 * @param key of the entry that it is, or of the first that it is made of
 * @param value of the target's shape
 */
record Load(String key, DraftTensor target, LazyTensor value) {}
