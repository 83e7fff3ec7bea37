package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.config.Discriminator;
import io.graft.config.Tag;
import io.graft.training.checkpoint.SavedTraining;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a training begins with. Values are loaded in the same run that modifies the model: all of it is done, or nothing. */
@Discriminator("type")
public sealed interface LoadingStrategy permits WeightsOnly, TransferLearning, ColdStart, WarmStart {
    /** What configurations and reports call it. */
    default String type() {
        return getClass().getAnnotation(Tag.class).value();
    }

    /** The training that is gone on with; empty if another one begins. */
    default Optional<SavedTraining> saved() throws IOException {
        return Optional.empty();
    }

    /** What to do about a checkpoint that does not fit the model. */
    default String cure() {
        return "give a checkpoint of this very model, or let `type = transfer-learning` take what fits of it";
    }

    /** What is done before the modifiers of the configuration. */
    default List<ModelModifier> before() {
        return List.of();
    }

    /**
     * What is done after them.
     *
     * @param saved what {@link #saved} gave
     */
    default List<ModelModifier> after(Optional<SavedTraining> saved) {
        return List.of();
    }
}
