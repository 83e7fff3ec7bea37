package io.graft.apply;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FileSource;
import io.graft.config.reading.Bound;
import io.graft.model.ref.CheckpointRefDecoder;
import io.graft.problem.Problem;
import io.graft.registry.BoundModifier;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of this machine that modifiers name and that are not there. A run that ends before it comes to a modifier tells them
 * with what ended it, so that they are not found one by one.
 */
final class MissingCheckpoints {
    private final OpenedCheckpoints checkpoints;

    MissingCheckpoints(OpenedCheckpoints checkpoints) {
        this.checkpoints = checkpoints;
    }

    /**
     * @param modifiers those that the run has not come to
     * @param total how many there are in all
     */
    List<Problem> of(List<BoundModifier> modifiers, int total) {
        return modifiers.stream()
                .filter(modifier -> !modifier.optional())
                .flatMap(modifier -> of(modifier, total))
                .toList();
    }

    private Stream<Problem> of(BoundModifier modifier, int total) {
        return modifier.given(CheckpointRefDecoder.TYPE).stream()
                .map(option -> new CheckpointRefDecoder().decode(option))
                .filter(Bound.Ok.class::isInstance)
                .map(bound -> ((Bound.Ok<CheckpointRef>) bound).value())
                .filter(ref -> ref.isFile() && !Files.exists(FileSource.path(ref)))
                .flatMap(ref -> unusable(ref).stream())
                .map(unusable -> checkpoints.problem(
                        unusable,
                        modifier.cursor().path(),
                        modifier.cursor().source(),
                        PlanningContext.whose(modifier, total)));
    }

    private Optional<CheckpointException> unusable(CheckpointRef ref) {
        try {
            checkpoints.open(ref);
            return Optional.empty();
        } catch (CheckpointException unusable) {
            return Optional.of(unusable);
        }
    }
}
