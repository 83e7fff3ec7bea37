package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import io.graft.model.tree.Selector;
import io.graft.training.checkpoint.CheckpointOptions;
import io.graft.training.optimizer.AdamW;
import io.graft.training.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log warns of. */
class WarningsTest {
    @TempDir
    Path folder;

    private static List<String> warnings(TrainingOptions options) {
        return Warnings.of(() -> {
            try (Model model = Trained.net();
                    ModelTrainer trainer = Trained.trainer(Trained.modified(model), options)) {
                Trained.step(trainer, 0);
                trainer.notifyListeners(listener -> listener.onEpoch(trainer));
            }
        });
    }

    @Test
    void aScheduleThatNeverBegins() {
        Schedule late = new Schedule(
                List.of(Selector.parse("encoder")),
                Optional.of(3L),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertEquals(
                List.of("the training ended at epoch 1, step 1, before `encoder.weight` (trained from epoch 3),"
                        + " `encoder.bias` (trained from epoch 3) began to be trained"),
                warnings(TrainingOptions.of(AdamW.of(0.1)).with(late)));
    }

    @Test
    void aSaveThatFails() throws IOException {
        Path mine = folder.resolve("step-00000001");
        Files.writeString(mine, "no checkpoint");
        assertEquals(
                List.of("the training is not saved at epoch 1, step 1: FileAlreadyExistsException: " + mine
                        + ": what is there is no checkpoint; free space or give another path, the checkpoints in "
                        + folder
                        + " are as they were"),
                warnings(TrainingOptions.of(AdamW.of(0.1)).with(CheckpointOptions.in(folder))));
    }

    @Test
    void anUnknownEvaluator() {
        CheckpointOptions options = new CheckpointOptions(
                folder,
                Optional.empty(),
                Optional.empty(),
                CheckpointOptions.Format.SAFETENSORS,
                Optional.empty(),
                1,
                Optional.of("validate_loss"),
                CheckpointOptions.Best.LOWEST,
                true);
        assertEquals(
                List.of("no evaluator is called validate_loss, by which the best checkpoint is kept; there is none"),
                warnings(TrainingOptions.of(AdamW.of(0.1)).with(options)));
        assertTrue(Files.exists(folder.resolve("step-00000001")));
    }

    @Test
    void othersAreNotTold() {
        assertEquals(List.of(), warnings(TrainingOptions.of(AdamW.of(0.1))));
    }
}
