package io.graft.djl;

import ai.djl.nn.Block;
import io.graft.TargetModel;
import io.graft.model.Adapter;
import java.util.List;
import java.util.Map;

/** A model in memory that plans are made for and committed to. */
public interface LiveTarget extends TargetModel {
    /** The block as it is now; after a commit it may be another one than before. */
    Block block();

    /** The adapters of the block as it is now. */
    default List<Adapter> adapters() {
        return draft().adapters();
    }

    /**
     * Makes adapters active, each with its weight, and every other one inactive.
     *
     * @throws IllegalArgumentException if there is no adapter of a name, or if a weight is no finite number
     */
    void activate(Map<String, Double> weightOfAdapter);

    /** Frees what was needed to plan for the model; the model stays. */
    default void release() {}
}
