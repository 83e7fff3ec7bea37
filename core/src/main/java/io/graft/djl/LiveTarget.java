package io.graft.djl;

import ai.djl.nn.Block;
import io.graft.TargetModel;

/** A model in memory that plans are made for and committed to. */
public interface LiveTarget extends TargetModel {
    /** The block as it is now; after a commit it may be another one than before. */
    Block block();

    /** Frees what was needed to plan for the model; the model stays. */
    default void release() {}
}
