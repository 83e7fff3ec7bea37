package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.Tag;
import io.graft.training.checkpoint.SavedTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A training that was saved is gone on with: its weights, what its optimizer remembered, its epoch, step and seed.
 *
 * @param checkpoint one of a training, or the folder that it was saved in, of which the last one counts; or a file of PyTorch's or
 *     Lightning's
 * @param allowMissingOptimizer whether such a file may have no state of an optimizer, which then begins anew
 */
@Tag("warm-start")
public record WarmStart(Path checkpoint, @Default("false") boolean allowMissingOptimizer) implements LoadingStrategy {
    @Override
    public Optional<SavedTraining> saved() throws IOException {
        Optional<SavedTraining> last = SavedTraining.last(checkpoint);
        return last.isPresent() ? last : Optional.of(SavedTraining.open(checkpoint, allowMissingOptimizer));
    }

    /** After the modifiers, since what they have put on the model was saved with it. */
    @Override
    public List<ModelModifier> after(Optional<SavedTraining> saved) {
        return List.of(Loading.strict(CheckpointRef.of(saved.orElseThrow().model()), List.of()));
    }
}
