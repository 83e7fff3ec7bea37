package io.graft;

import java.io.IOException;

/**
 * Opens the model that a configuration names. One is made of the section {@code graft.model} by its constructor, which takes the
 * options record; see {@link ModelTarget}.
 */
public interface ModelOpener {
    /**
     * Opens the model. Only headers and metadata are read, unless the model cannot be planned for without its values.
     *
     * <p>What goes wrong is told to the context; after an error, neither what this returns nor what it throws is looked at, but
     * for what has to be closed. Of what else it throws, a {@link io.graft.checkpoint.CheckpointException} and any other {@link
     * io.graft.problem.Explained} is told as a problem of the key that chose this kind of model, anything else as a fault of it.
     *
     * @return the model, which the run closes; never null unless an error was told
     * @throws IOException if a file cannot be read
     */
    OpenedModel open(OpeningContext context) throws IOException;

    /** Whether the model is written in a format of its own, see {@link TargetModel#ownFormat}, so that nothing is to be said of one. */
    default boolean hasOwnFormat() {
        return false;
    }

    /** Whether each process that opens the model finds the same values, so that several may write parts of one output. */
    default boolean isPartitionable() {
        return true;
    }
}
