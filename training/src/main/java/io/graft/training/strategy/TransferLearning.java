package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.Tag;
import java.util.List;

/**
 * The weights of a checkpoint that fit the model, and another training. The modifier {@code transfer-learning} can do more.
 *
 * @param checkpoint whose entries fill the tensors that they fit by name and shape
 * @param skipMismatched whether an entry of another shape is skipped and reported; if not, it is an error
 */
@Tag("transfer-learning")
public record TransferLearning(
        CheckpointRef checkpoint, @Default("true") boolean skipMismatched) implements LoadingStrategy {
    @Override
    public String cure() {
        return "let `skip-mismatched` be true to take what fits";
    }

    @Override
    public List<ModelModifier> before() {
        return List.of(Loading.fitting(checkpoint, skipMismatched));
    }
}
