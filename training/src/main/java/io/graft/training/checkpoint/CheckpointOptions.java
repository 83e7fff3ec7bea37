package io.graft.training.checkpoint;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.config.Range;
import java.nio.file.Path;
import java.util.Optional;

/**
 * When a training is saved, and what is kept of it.
 *
 * @param path the folder that has a folder for each of them; made if it is not there
 * @param everyEpochs after how many epochs each; after each one if nothing is said
 * @param everySteps after how many steps each, counted through all epochs
 * @param keep how many of the last ones are kept
 * @param bestOf the evaluator by which the best one is kept as well, such as {@code validate_Accuracy}; judged at the end of an epoch
 * @param bestIs whether the best is that with the lowest value or with the highest
 */
public record CheckpointOptions(
        Path path,
        @Range(min = 1) Optional<Long> everyEpochs,
        @Range(min = 1) Optional<Long> everySteps,
        @Default("3") @Range(min = 1) int keep,
        @NotBlank Optional<String> bestOf,
        @Default("lowest") Best bestIs) {
    /** What is better. */
    public enum Best {
        LOWEST,
        HIGHEST;

        boolean isBetter(double value, double than) {
            return this == LOWEST ? value < than : value > than;
        }
    }

    /** After each epoch, the last three. */
    public static CheckpointOptions in(Path folder) {
        return new CheckpointOptions(folder, Optional.empty(), Optional.empty(), 3, Optional.empty(), Best.LOWEST);
    }

    /** The same, after so many steps each. */
    public CheckpointOptions everySteps(long steps) {
        return new CheckpointOptions(path, everyEpochs, Optional.of(steps), keep, bestOf, bestIs);
    }

    /** The best is judged at the end of an epoch, when there must be something to judge. */
    @Check
    static void bestIsSaved(CheckpointOptions options, CheckSink problems) {
        if (options.bestOf.isPresent() && options.everySteps.isPresent() && options.everyEpochs.isEmpty()) {
            problems.on("best-of").error("`best-of` is judged at the end of an epoch: give `every-epochs` as well");
        }
    }

    boolean isDueAfterStep(long steps) {
        return everySteps.filter(every -> steps % every == 0).isPresent();
    }

    boolean isDueAfterEpoch(long epochs) {
        return everyEpochs
                .or(() -> everySteps.isPresent() ? Optional.empty() : Optional.of(1L))
                .filter(every -> epochs % every == 0)
                .isPresent();
    }
}
