package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Tag;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * The weights of a training that ended, without those of some layers, and another training from its first step on.
 *
 * @param checkpoint must have an entry for every tensor of the model that is not reset
 * @param reset modules and tensors that keep the values that the model has without the checkpoint
 */
@Tag("cold-start")
public record ColdStart(CheckpointRef checkpoint, List<Selector> reset) implements LoadingStrategy {
    public ColdStart {
        reset = List.copyOf(reset);
    }

    @Override
    public String cure() {
        return "give a checkpoint of this very model, or name in `reset` what does not fit";
    }

    @Override
    public List<ModelModifier> before() {
        return List.of(Loading.strict(checkpoint, reset));
    }
}
