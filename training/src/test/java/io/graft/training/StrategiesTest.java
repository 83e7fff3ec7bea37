package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a training begins with: rows C of the scenarios. */
class StrategiesTest {
    @TempDir
    Path folder;

    private Map<String, ByteBuffer> init;

    static Stream<String> models() {
        return Stream.of(
                "block-factory = \"" + Net.Factory.class.getName() + "\", input-shapes = [[8, 4]]",
                "torchscript = \"" + Trained.program("net") + "\"");
    }

    private static String block() {
        return models().findFirst().orElseThrow();
    }

    private Path file(String model, String strategy, String more) throws IOException {
        return Files.writeString(folder.resolve("fine-tune.conf"), """
                graft {
                  model { %s }
                  modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ]
                  training {
                    %s
                    seed = 4
                    optimizer { type = adamw, learning-rate = 0.01 }
                    %s
                  }
                }
                """.formatted(model, strategy, more));
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
    }

    private static Training open(Path file) {
        return Training.of(ModelModifierApplier.create().configuration(file));
    }

    /** A block that was trained, in {@code checkpoints/step-00000002}. */
    private Path saved(String model) throws IOException {
        try (Training training = open(file(model, "", "checkpoints { path = checkpoints, every-steps = 2 }"));
                ModelTrainer trainer = training.trainer(config())) {
            init = Trained.bytes(training.model());
            Trained.step(trainer, 0);
            Trained.step(trainer, 1);
        }
        return folder.resolve("checkpoints/step-00000002");
    }

    /** Scenario C14. */
    @ParameterizedTest
    @MethodSource("models")
    void aWarmStartGoesOn(String model) throws IOException {
        List<Float> losses = new ArrayList<>();
        String checkpoints = "checkpoints { path = checkpoints, every-steps = 2 }";
        Path conf = file(model, "", checkpoints);
        try (Training training = open(conf);
                ModelTrainer trainer = training.trainer(config())) {
            for (int step = 0; step < 2; step++) {
                Trained.step(trainer, step);
            }
            trainer.saved();
            losses.add(Trained.step(trainer, 2));
        }
        List<Float> again = new ArrayList<>();
        try (Training training = open(file(model, "strategy { type = warm-start, checkpoint = checkpoints }", ""));
                ModelTrainer trainer = training.trainer(config())) {
            assertEquals(new TrainingMoment(0, 2, 2), trainer.moment());
            again.add(Trained.step(trainer, 2));
            assertEquals(
                    List.of("freezing", "warm-start"),
                    training.model().report().plan().modifiers().stream()
                            .map(ModifierRecord::type)
                            .toList());
        }
        assertEquals(losses, again);
    }

    /** Scenarios C11 and C12. */
    @Test
    void otherStrategiesBeginAnew() throws IOException {
        Path model = saved(block()).resolve("model.safetensors");
        for (String strategy : List.of(
                "type = weights-only", "type = transfer-learning", "type = cold-start, reset = [decoder.weight]")) {
            try (Training training =
                            open(file(block(), "strategy { " + strategy + ", checkpoint = \"" + model + "\" }", ""));
                    ModelTrainer trainer = training.trainer(config())) {
                assertEquals(TrainingMoment.START, trainer.moment());
                assertTrue(trainer.optimizer().states().isEmpty());
                List<String> loaded = Trained.changed(init, Trained.bytes(training.model()));
                assertTrue(loaded.contains("decoder.bias"));
                String type = strategy.substring("type = ".length()).split(",")[0];
                String text = ReportText.full().of(training.model().report());
                assertTrue(line(text, "1. ").startsWith("1. " + type + "  ("), text);
                String json =
                        ReportJson.pretty("train", folder).of(training.model().report());
                assertEquals("\"type\": \"" + type + "\",", line(json, "\"type\": \"" + type));
                assertEquals(!strategy.contains("cold"), loaded.contains("decoder.weight"));
                assertFalse(training.model().parameters().get("encoder.weight").requiresGradient());
            }
        }
    }

    private static String line(String text, String start) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElse(text);
    }

    /** Scenarios C2 and C3, C15: the model of the caller is as it was. */
    @Test
    void aMissingTensorLeavesTheModelAsItWas() throws IOException {
        Path whole = saved(block());
        List<OutputTensor> less = new ArrayList<>();
        Checkpoint.open(whole.resolve("model.safetensors")).tensors().values().stream()
                .filter(entry -> !entry.name().equals("decoder.bias"))
                .forEach(entry -> less.add(new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data)));
        Path poor = Files.createDirectory(folder.resolve("poor"));
        new SafetensorsWriter(poor, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(less);
        Files.copy(whole.resolve("optimizer.safetensors"), poor.resolve("optimizer.safetensors"));
        for (String strategy : List.of(
                "type = weights-only, checkpoint = poor/model.safetensors", "type = warm-start, checkpoint = poor")) {
            Path conf = file(block(), "strategy { " + strategy + " }", "");
            try (Model model = Trained.net()) {
                Map<String, ByteBuffer> before = Trained.bytes(Trained.modified(model));
                GraftException missing = assertThrows(
                        GraftException.class,
                        () -> Training.of(
                                ModelModifierApplier.create().model(model).configuration(conf)));
                assertTrue(missing.getMessage().contains("decoder.bias"), missing.getMessage());
                assertEquals(List.of(), Trained.changed(before, Trained.bytes(Trained.modified(model))));
                assertTrue(Trained.modified(model)
                        .parameters()
                        .get("encoder.weight")
                        .requiresGradient());
            }
        }
    }

    /** Scenario C16: nothing is gone on with that is not there. */
    @Test
    void noSavedTrainingIsTold() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        Path conf = file(block(), "strategy { type = warm-start, checkpoint = empty }", "");
        GraftException none = assertThrows(GraftException.class, () -> open(conf));
        assertEquals(
                "graft.training.strategy.checkpoint", none.problems().get(0).path());
        assertEquals("checkpoint-not-found", none.problems().get(0).code().id());
    }
}
