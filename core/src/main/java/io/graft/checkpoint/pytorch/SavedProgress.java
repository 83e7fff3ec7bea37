package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.shards.ShardKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How far a training was that {@code torch.save} has saved beside its model, and what its optimizers remembered. Counts of Lightning's
 * loops come before plain ones, since its own number of the epoch is the same at the start and at the end of one.
 *
 * @param epochs how many are completed; empty if the file does not say
 * @param steps how many are completed, of all epochs; empty if the file does not say
 * @param batches how many of the epoch under way are done
 * @param optimizers in the file's order
 */
public record SavedProgress(
        Optional<Long> epochs, Optional<Long> steps, long batches, List<SavedOptimizer> optimizers) {
    private static final String NOTHING = "it holds nothing but a model";

    public SavedProgress {
        optimizers = List.copyOf(optimizers);
    }

    /**
     * Reads it; the values of tensors are read when they are asked for.
     *
     * @param path a file, or a folder, as {@link Checkpoint#open(Path)} takes them
     * @throws CheckpointException if it cannot be read, or is none of {@code torch.save}'s that holds a dict
     */
    public static SavedProgress open(Path path) {
        Path located = Checkpoint.fileOf(path);
        Refusals refusals = new Refusals(located, ShardKind.PYTORCH.advice());
        try {
            PickledFile pickled =
                    PytorchFormat.pickled(CheckpointFile.of(located), refusals).orElseThrow(() -> nothing(refusals));
            if (pickled.root() instanceof Mapping top) {
                return of(top, new OptimizerDicts(pickled.locating(), refusals).in(top));
            }
            throw nothing(refusals);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static CheckpointException nothing(Refusals refusals) {
        return refusals.unsupported(
                NOTHING, "give a dict that has `optimizer_state_dict` as well, or a checkpoint of Lightning's");
    }

    private static SavedProgress of(Mapping top, List<SavedOptimizer> optimizers) {
        Optional<Long> steps = count(top, "global_step").or(() -> count(top, "step"));
        Optional<Mapping> fit = dict(top, "loops").flatMap(loops -> dict(loops, "fit_loop"));
        Optional<Mapping> epochs =
                fit.flatMap(loop -> dict(loop, "epoch_progress")).flatMap(epoch -> dict(epoch, "current"));
        Optional<Mapping> batches = fit.flatMap(loop -> dict(loop, "epoch_loop.batch_progress"));
        Optional<Long> processed = epochs.flatMap(current -> count(current, "processed"));
        if (processed.isEmpty()) {
            return new SavedProgress(count(top, "epoch"), steps, 0, optimizers);
        }
        Optional<Long> begun = epochs.flatMap(current -> count(current, "started"));
        boolean isLast = batches.flatMap(progress -> progress.get("is_last_batch"))
                .filter(Flag.TRUE::equals)
                .isPresent();
        if (isLast || begun.equals(processed)) {
            return new SavedProgress(isLast ? begun : processed, steps, 0, optimizers);
        }
        long done = batches.flatMap(progress -> dict(progress, "current"))
                .flatMap(current -> count(current, "processed"))
                .orElse(0L);
        return new SavedProgress(processed, steps, done, optimizers);
    }

    private static Optional<Mapping> dict(Mapping in, String key) {
        return in.get(key).filter(Mapping.class::isInstance).map(Mapping.class::cast);
    }

    private static Optional<Long> count(Mapping in, String key) {
        return in.get(key).flatMap(SavedProgress::count);
    }

    private static Optional<Long> count(PickleValue value) {
        return value instanceof Numeric number && number.value() instanceof Long whole && whole >= 0
                ? Optional.of(whole)
                : Optional.empty();
    }
}
