package io.graft.modifiers.transfer;

import io.graft.checkpoint.TensorEntry;

/**
 * An entry of a checkpoint under the name that it would have in the model.
 *
 * @param name after the prefix step and the rename rules; the model may not have it
 */
record Candidate(TensorEntry entry, String name) {}
