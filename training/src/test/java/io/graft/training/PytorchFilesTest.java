package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.SavedOptimizer;
import io.graft.checkpoint.pytorch.SavedProgress;
import io.graft.problem.Problem;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trainings saved for PyTorch and Lightning. {@code benchmarks/reference/check_saved_trainings.py} has gone on with the committed files,
 * and reached the losses of the trainings that they were made of.
 */
class PytorchFilesTest {
    private static final String ADAMW = "type = adamw, learning-rate = 0.01";

    @TempDir
    Path folder;

    private static Path resource(String name) {
        try {
            return Path.of(PytorchFilesTest.class.getResource("/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Training open(String from, String optimizer, String checkpoints) throws IOException {
        Path file = Files.writeString(folder.resolve("go-on.conf"), """
                graft {
                  model { torchscript = "%s" }
                  training {
                    strategy { type = warm-start, checkpoint = "%s" }
                    seed = 7
                    optimizer { %s }
                    checkpoints { path = checkpoints, %s }
                  }
                }
                """.formatted(
                        Trained.program("plain"), resource("saved/" + from + ".ckpt"), optimizer, checkpoints));
        return Training.of(ModelModifierApplier.create().configuration(file));
    }

    private static ModelTrainer trainer(Training training) {
        return training.trainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()));
    }

    /** Saves a training at the end of an epoch in which nothing was done. */
    private Path saved(String from, String optimizer, String checkpoints) throws IOException {
        try (Training training = open(from, optimizer, checkpoints);
                ModelTrainer trainer = trainer(training)) {
            trainer.notifyListeners(listener -> listener.onEpoch(trainer));
        }
        return folder.resolve("checkpoints/step-00000003/training.ckpt");
    }

    private static Map<String, ByteBuffer> bytes(Map<String, TensorEntry> entries) throws IOException {
        Map<String, ByteBuffer> bytes = new LinkedHashMap<>();
        for (TensorEntry entry : entries.values()) {
            bytes.put(entry.name(), entry.data().window(0, (int) entry.data().byteCount()));
        }
        return bytes;
    }

    /** What PyTorch saved is written back as it was. */
    @ParameterizedTest
    @CsvSource({
        "adamw, pytorch, 'type = adamw, learning-rate = 0.01', ''",
        "sgd, lightning, 'type = sgd, learning-rate = 0.1, momentum = 0.9', model.",
        "named, lightning, 'type = adamw, learning-rate = 0.01, groups = [ { parameters = [encoder], weight-decay = 0.01 } ]', model."
    })
    void whatPytorchSavedIsWrittenBack(String from, String format, String optimizer, String prefix) throws IOException {
        String options = "format = " + format + (prefix.isEmpty() ? "" : ", prefix = \"" + prefix + "\"");
        Path written = saved(from, optimizer, options);
        Path before = resource("saved/" + from + ".ckpt");
        assertEquals(
                bytes(Checkpoint.open(before).tensors()),
                bytes(Checkpoint.open(written).tensors()));
        SavedOptimizer was = SavedProgress.open(before).optimizers().get(0);
        SavedOptimizer is = SavedProgress.open(written).optimizers().get(0);
        List<String> names = List.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias").stream()
                .map(name -> prefix + name)
                .toList();
        assertEquals(
                from.equals("named") ? List.of(names.subList(2, 4), names.subList(0, 2)) : List.of(names), is.groups());
        assertEquals(true, is.isNamed());
        for (int i = 0; i < names.size(); i++) {
            SavedOptimizer.State state = was.states().get(was.isNamed() ? names.get(i) : String.valueOf(i));
            SavedOptimizer.State back = is.states().get(names.get(i));
            assertEquals(state.steps(), back.steps());
            assertEquals(bySlot(state), bySlot(back));
        }
        assertEquals(-1, Files.mismatch(resource("written/" + from + ".ckpt"), written));
    }

    private static Map<String, ByteBuffer> bySlot(SavedOptimizer.State state) throws IOException {
        Map<String, ByteBuffer> bytes = new LinkedHashMap<>();
        for (Map.Entry<String, TensorEntry> array : state.arrays().entrySet()) {
            TensorEntry entry = array.getValue();
            bytes.put(array.getKey(), entry.data().window(0, (int) entry.data().byteCount()));
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"pytorch", "lightning"})
    void whatWasWrittenForPytorchIsGoneOnWith(String format) throws IOException {
        List<Float> whole;
        try (Training training = open("adamw", ADAMW, "every-steps = 2, format = " + format);
                ModelTrainer trainer = trainer(training)) {
            Trained.step(trainer, 3);
            whole = List.of(Trained.step(trainer, 4), Trained.step(trainer, 5));
        }
        SavedTraining saved = SavedTraining.open(folder.resolve("checkpoints/step-00000004"));
        assertEquals(new TrainingMoment(1, 4, 1), saved.moment());
        assertEquals(Optional.of(7L), saved.seed());
        Path file = Files.writeString(folder.resolve("again.conf"), """
                graft {
                  model { torchscript = "%s" }
                  training {
                    strategy { type = warm-start, checkpoint = checkpoints/step-00000004 }
                    optimizer { %s }
                  }
                }
                """.formatted(Trained.program("plain"), ADAMW));
        try (Training training = Training.of(ModelModifierApplier.create().configuration(file));
                ModelTrainer trainer = trainer(training)) {
            assertEquals(whole, List.of(Trained.step(trainer, 4), Trained.step(trainer, 5)));
        }
    }

    /** The rate of the next step, and that of the group. */
    @Test
    void learningRatesAreThoseOfTheNextStep() throws IOException {
        Path written = saved("adamw", ADAMW, "format = pytorch }, learning-rates { warmup-steps = 6");
        String text = Files.readString(written, StandardCharsets.ISO_8859_1);
        assertEquals(0.005, after(text, "lr"), 1e-12);
        assertEquals(0.01, after(text, "initial_lr"), 1e-12);
    }

    /** The float that follows a key in a pickle: the key has an index of one byte. */
    private static double after(String pickle, String key) {
        int at = pickle.indexOf("X" + (char) key.length() + "\0\0\0" + key + "q") + key.length() + 7;
        byte[] bytes = pickle.substring(at + 1, at + 9).getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.wrap(bytes).getDouble();
    }

    @Test
    void aPrefixWithoutAnEffectIsTold() {
        GraftException refused = assertThrows(GraftException.class, () -> open("adamw", ADAMW, "prefix = \"model.\""));
        assertEquals(
                "`prefix` has no effect in `safetensors`, whose names are the model's own",
                refused.problems().stream()
                        .filter(Problem::isError)
                        .findFirst()
                        .orElseThrow()
                        .message());
    }
}
