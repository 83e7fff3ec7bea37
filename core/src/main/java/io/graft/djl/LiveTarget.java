package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.TargetModel;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.model.parametrization.Adapter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** The model that runs the block; empty if there is a block alone. */
    Optional<Model> model();

    /**
     * The parameters that DJL trains, under their canonical names in the order of the state dict, those that parametrizations own
     * last; buffers are none. One that has several names is here under each.
     */
    Map<String, Parameter> parameters();

    /** What runs where quantized weights are multiplied with, in words, by the names of the weights. */
    default Map<String, String> kernels() {
        return block() instanceof ModifiedBlock modified ? modified.kernels() : Map.of();
    }

    /** The model in memory after a commit, with the values that it has there; {@link #release} it, too. */
    default LiveTarget running() {
        return this;
    }

    /** The model as it is now, for somebody who reads values that change meanwhile; to be {@linkplain #release released}. */
    default LiveTarget reread() {
        return this;
    }

    /** The model as it is now, for another plan; to be {@linkplain #release released}. */
    default LiveTarget reopened() {
        return this;
    }

    /** Frees what was needed to plan for the model; the model stays. */
    default void release() {}
}
