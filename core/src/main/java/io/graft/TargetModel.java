package io.graft;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A model that plans are made for and committed to. */
public interface TargetModel {
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

    /** What belongs to the model beside its tensors and goes along with them into files; reads no tensor data. */
    default Belongings belongings() {
        return Belongings.NONE;
    }

    /** What the {@code config.json} beside the model says; nothing where it has none. */
    default ModelConfiguration configuration() {
        return ModelConfiguration.NONE;
    }

    /** Whether the model is nothing but files, which need not be written anew where nothing in them changes. */
    default boolean isFiles() {
        return false;
    }

    /** How the model is run; empty if it has tensors alone, so that what needs a forward cannot be asked of it. */
    default Optional<Forward> forward() {
        return Optional.empty();
    }

    /**
     * How the model is run for what one of its modules gives; empty if nobody can look into it.
     *
     * @param module canonical path of a module
     * @throws RuntimeException one that is {@link io.graft.problem.Explained} if what this module gives cannot be had
     */
    default Optional<ModuleForward> forwardAt(String module) {
        return Optional.empty();
    }

    /** The ids of the output formats that it can be written in, such as {@code safetensors}; empty if in every one that there is. */
    default Optional<List<String>> writableFormats() {
        return Optional.empty();
    }

    /**
     * How the model is written where that takes more than a state dict, as a program does that comes with its tensors; a run then writes
     * no other format. Empty for a state dict, which is written in the format that a run asks for.
     *
     * @param plan what is written; without errors when it is
     */
    default Optional<StateDictFormat> ownFormat(Plan plan) {
        return Optional.empty();
    }

    /** Why this kind of model cannot carry out a plan, such as a renaming of a block's parameters; empty if it can. */
    List<Problem> refusals(Plan plan);

    /**
     * Carries out a plan on the live model; does nothing for a model that is only files. On an exception the model is as it
     * was before, but for one.
     *
     * @param watch gives the values that are written, and is asked to {@linkplain ValueWatch#settle settle} all of them
     * @throws IOException if values cannot be read; an {@link io.graft.model.TensorException} where a tensor is at fault
     * @throws RollBackException if values cannot be read and the model cannot be put back; what went wrong first is suppressed
     *     by it
     */
    Commit commit(Plan plan, ValueWatch watch) throws IOException;

    /** The same, where nobody asks afterwards what became of the values. */
    default Commit commit(Plan plan) throws IOException {
        return commit(plan, new ValueWatch());
    }

    /**
     * The same, without keeping old values where that can be spared. If it fails, or is rolled back, after the first of them was
     * overwritten, the model is not as it was, and nobody can use it any more.
     *
     * @throws RollBackException in that case
     */
    default Commit commitForGood(Plan plan, ValueWatch watch) throws IOException {
        return commit(plan, watch);
    }

    /** A commit that can still be undone. Closing it makes it final. */
    interface Commit extends AutoCloseable {
        /** That of a model that is only files, which a run writes anew. */
        Commit OF_FILES = new Commit() {
            @Override
            public void rollBack() {}

            @Override
            public void close() {}
        };

        /** Whether old values are there to be put back. */
        default boolean keepsOldValues() {
            return true;
        }

        /**
         * Puts the model back as it was, bit for bit.
         *
         * @throws RollBackException if it cannot be put back
         */
        void rollBack();

        @Override
        void close();
    }
}
