package io.graft.djl.forward;

import ai.djl.nn.Block;

/**
 * A block that has names for what it takes and gives, as the {@code forward} of a PyTorch module has. The arrays that it is run on
 * from files have the names of their inputs, so that it knows which were left out.
 */
public interface SignedBlock extends Block {
    Signature signature();
}
