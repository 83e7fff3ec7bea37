package io.graft.training.checkpoint;

import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
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
 * @param format the files of one: {@code safetensors}, or a file of {@code torch.save} for programs of PyTorch or Lightning
 * @param prefix what the names in such a file have before the model's own: {@code model.}
 * @param keep how many of the last ones are kept
 * @param bestOf the evaluator by which the best one is kept as well, such as {@code validate_Accuracy}; judged at the end of an epoch
 * @param bestIs whether the best is that with the lowest value or with the highest
 * @param sync whether one is forced to the disk before it counts as written, so that it outlives a power failure; without, it outlives
 *     the process
 */
public record CheckpointOptions(
        Path path,
        @Range(min = 1) Optional<Long> everyEpochs,
        @Range(min = 1) Optional<Long> everySteps,
        @Default("safetensors") Format format,
        @NotBlank Optional<String> prefix,
        @Default("3") @Range(min = 1) int keep,
        @NotBlank Optional<String> bestOf,
        @Default("lowest") Best bestIs,
        @Default("true") boolean sync) {
    /** Who reads the files of a checkpoint. */
    public enum Format {
        SAFETENSORS,
        PYTORCH,
        LIGHTNING
    }

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
        return new CheckpointOptions(
                folder,
                Optional.empty(),
                Optional.empty(),
                Format.SAFETENSORS,
                Optional.empty(),
                3,
                Optional.empty(),
                Best.LOWEST,
                true);
    }

    /** The same, after so many steps each. */
    public CheckpointOptions everySteps(long steps) {
        return new CheckpointOptions(path, everyEpochs, Optional.of(steps), format, prefix, keep, bestOf, bestIs, sync);
    }

    /** The same, in other files. */
    public CheckpointOptions as(Format other) {
        return new CheckpointOptions(path, everyEpochs, everySteps, other, prefix, keep, bestOf, bestIs, sync);
    }

    /** The same, left to the system to bring to the disk. */
    public CheckpointOptions unsynced() {
        return new CheckpointOptions(path, everyEpochs, everySteps, format, prefix, keep, bestOf, bestIs, false);
    }

    /** Without digests, which nothing would record. */
    WriteOptions writing() {
        return new WriteOptions(false, sync, Part.WHOLE);
    }

    SavedForm form() {
        return switch (format) {
            case SAFETENSORS -> new SafetensorsForm();
            case PYTORCH -> new PytorchForm(PytorchForm::plain, prefix.orElse(""));
            case LIGHTNING -> new PytorchForm(new LightningLayout(), prefix.orElse(""));
        };
    }

    @Check
    static void prefixHasAnEffect(CheckpointOptions options, CheckSink problems) {
        if (options.prefix.isPresent() && options.format == Format.SAFETENSORS) {
            problems.on("prefix").error("`prefix` has no effect in `safetensors`, whose names are the model's own");
        }
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
