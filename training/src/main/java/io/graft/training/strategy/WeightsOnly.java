package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Tag;
import java.util.List;

/**
 * The weights of a checkpoint, all of them, and another training.
 *
 * @param checkpoint must have an entry for every tensor of the model, and no other; a prefix of all names is stripped or added
 */
@Tag("weights-only")
public record WeightsOnly(CheckpointRef checkpoint) implements LoadingStrategy {
    @Override
    public List<ModelModifier> before() {
        return List.of(Loading.strict(checkpoint, List.of()));
    }
}
