package io.graft.training;

import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.optimizer.AdamW;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A training in a process of its own, saved at each step; goes on where an earlier one was saved last. */
final class KilledTraining {
    private KilledTraining() {}

    /** Arguments: the folder of the checkpoints, and how many steps there are. Prints a line for each. */
    public static void main(String[] arguments) throws IOException {
        train(Path.of(arguments[0]), Integer.parseInt(arguments[1]), step -> System.out.println("step " + step));
    }

    /**
     * The values in the end.
     *
     * @param done is told of each step
     */
    static Map<String, ByteBuffer> train(Path folder, int steps, LongConsumer done) throws IOException {
        TrainingOptions options = TrainingOptions.of(AdamW.of(1e-2))
                .seeded(9)
                .with(CheckpointOptions.in(folder).everySteps(1));
        Optional<SavedTraining> saved = SavedTraining.last(folder);
        try (Model model = Trained.net();
                ModelTrainer trainer = saved.isEmpty()
                        ? Trained.trainer(Trained.modified(model), options)
                        : ModelTrainer.resume(
                                Trained.modified(
                                        model, Trained.loading(saved.get().model())),
                                new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()),
                                options,
                                saved.get())) {
            while (trainer.moment().steps() < steps) {
                Trained.step(trainer, (int) trainer.moment().steps());
                done.accept(trainer.moment().steps());
            }
            return Trained.bytes(trainer.modified());
        }
    }
}
