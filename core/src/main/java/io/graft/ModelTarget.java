package io.graft;

import io.graft.checkpoint.Checkpoint;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import java.io.IOException;
import java.util.List;

/** A model that plans are made for and committed to. */
public interface ModelTarget {
    ModelRef ref();

    /** A new draft of the model as it is now; reads no tensor data. */
    ModelDraft draft();

    /**
     * A checkpoint with the names that this model has for its tensors, where its format has none.
     *
     * @throws io.graft.checkpoint.CheckpointException if the format has none and it is the checkpoint of another model
     */
    default Checkpoint named(Checkpoint checkpoint) {
        return checkpoint;
    }

    /** Why this kind of model cannot carry out a plan, such as a renaming of a block's parameters; empty if it can. */
    List<Problem> refusals(Plan plan);

    /**
     * Carries out a plan on the live model; does nothing for a model that is only files. On an exception the model is as it
     * was before.
     *
     * @throws IOException if values cannot be read
     */
    Commit commit(Plan plan) throws IOException;

    /** A commit that can still be undone. Closing it makes it final. */
    interface Commit extends AutoCloseable {
        /** Puts the model back as it was, bit for bit. */
        void rollBack();

        @Override
        void close();
    }
}
