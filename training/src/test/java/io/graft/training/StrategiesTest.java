package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import io.graft.training.checkpoint.Resumption;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.optimizer.AdamW;
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
    private static final String ENCODER = "{ type = freezing, submodules-to-freeze = [encoder] }";
    private static final String ADAMW = "type = adamw, learning-rate = 0.01";
    private static final String WARM = "strategy { type = warm-start, checkpoint = checkpoints }";

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
        return file(model, ENCODER, strategy, ADAMW, more);
    }

    private Path file(String model, String modifiers, String strategy, String optimizer, String more)
            throws IOException {
        return Files.writeString(
                folder.resolve("fine-tune.conf"), """
                graft {
                  model { %s }
                  modifiers = [ %s ]
                  training {
                    %s
                    seed = 4
                    optimizer { %s }
                    %s
                  }
                }
                """.formatted(model, modifiers, strategy, optimizer, more));
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

    @ParameterizedTest
    @MethodSource("models")
    void c14AWarmStartGoesOn(String model) throws IOException {
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
            assertEquals(
                    new Resumption(
                            List.of("norm.weight", "norm.bias", "decoder.weight", "decoder.bias").stream()
                                    .sorted()
                                    .toList(),
                            List.of(),
                            List.of()),
                    trainer.resumed().orElseThrow());
            again.add(Trained.step(trainer, 2));
            assertEquals(
                    List.of("freezing", "warm-start"),
                    training.model().report().plan().modifiers().stream()
                            .map(ModifierRecord::type)
                            .toList());
        }
        assertEquals(losses, again);
    }

    /** C12 too: a cold start. The report tells where the values are from. */
    @Test
    void c10c11OtherStrategiesBeginAnew() throws IOException {
        Path model = saved(block()).resolve("model.safetensors");
        for (String strategy : List.of(
                "type = weights-only", "type = transfer-learning", "type = cold-start, reset = [decoder.weight]")) {
            try (Training training =
                            open(file(block(), "strategy { " + strategy + ", checkpoint = \"" + model + "\" }", ""));
                    ModelTrainer trainer = training.trainer(config())) {
                assertEquals(TrainingMoment.START, trainer.moment());
                assertTrue(trainer.optimizer().states().isEmpty());
                assertTrue(trainer.resumed().isEmpty());
                assertEquals(
                        List.of("checkpoints/step-00000002/model.safetensors"),
                        training.model().report().plan().inputs().stream()
                                .map(InputIdentity::uri)
                                .filter(uri -> uri.endsWith(".safetensors"))
                                .toList());
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

    /** The model of the caller is as it was. */
    @Test
    void c2c3c15AMissingTensorLeavesTheModelAsItWas() throws IOException {
        Path whole = saved(block());
        List<OutputTensor> less = new ArrayList<>();
        Checkpoint.open(whole.resolve("model.safetensors")).tensors().values().stream()
                .filter(entry -> !entry.name().equals("decoder.bias"))
                .forEach(entry -> less.add(new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data)));
        Path poor = Files.createDirectory(folder.resolve("poor"));
        new SafetensorsWriter(poor, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(less);
        Files.copy(whole.resolve("optimizer.safetensors"), poor.resolve("optimizer.safetensors"));
        String fits = "give a checkpoint of this very model, or ";
        Map<String, String> cures = Map.of(
                "type = weights-only, checkpoint = poor/model.safetensors",
                fits + "let `type = transfer-learning` take what fits of it",
                "type = warm-start, checkpoint = poor",
                fits + "let `type = transfer-learning` take what fits of it",
                "type = cold-start, checkpoint = poor/model.safetensors",
                fits + "name in `reset` what does not fit");
        for (String strategy : cures.keySet()) {
            Path conf = file(block(), "strategy { " + strategy + " }", "");
            try (Model model = Trained.net()) {
                Map<String, ByteBuffer> before = Trained.bytes(Trained.modified(model));
                GraftException missing = assertThrows(
                        GraftException.class,
                        () -> Training.of(
                                ModelModifierApplier.create().model(model).configuration(conf)));
                Problem problem = missing.problems().stream()
                        .filter(Problem::isError)
                        .findFirst()
                        .orElseThrow();
                assertTrue(problem.message().contains("decoder.bias"), problem.message());
                assertEquals("graft.training.strategy", problem.path());
                assertEquals(5, problem.at().orElseThrow().line());
                assertEquals(cures.get(strategy), problem.help());
                assertEquals(List.of(), Trained.changed(before, Trained.bytes(Trained.modified(model))));
                assertTrue(Trained.modified(model)
                        .parameters()
                        .get("encoder.weight")
                        .requiresGradient());
            }
        }
    }

    /** What is told of an option is told of one that the strategy has. */
    @Test
    void c15AnotherShapeIsToldAtTheStrategy() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        OutputTensor bias = new OutputTensor(
                "decoder.bias", DType.F32, io.graft.tensor.Shape.of(7), () -> TensorData.of(ByteBuffer.allocate(28)));
        new SafetensorsWriter(other, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(bias));
        String strategy =
                "strategy { type = transfer-learning, checkpoint = other/model.safetensors, skip-mismatched = false }";
        GraftException unfit = assertThrows(GraftException.class, () -> open(file(block(), strategy, "")));
        Problem problem = unfit.problems().get(0);
        assertEquals("graft.training.strategy", problem.path());
        assertEquals("`decoder.bias` does not fit: [7] in the checkpoint, [2] in the model", problem.message());
        assertEquals("let `skip-mismatched` be true to take what fits", problem.help());
    }

    /** Nothing is gone on with that is not there. */
    @Test
    void c16NoSavedTrainingIsTold() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        Path conf = file(block(), "strategy { type = warm-start, checkpoint = empty }", "");
        GraftException none = assertThrows(GraftException.class, () -> open(conf));
        assertEquals(
                "graft.training.strategy.checkpoint", none.problems().get(0).path());
        assertEquals("checkpoint-not-found", none.problems().get(0).code().id());
    }

    private void save(String model, String modifiers) throws IOException {
        Path conf = file(model, modifiers, "", ADAMW, "checkpoints { path = checkpoints, every-steps = 2 }");
        try (Training training = open(conf);
                ModelTrainer trainer = training.trainer(config())) {
            Trained.step(trainer, 0);
            Trained.step(trainer, 1);
        }
    }

    /** What was frozen then is trained now. */
    @ParameterizedTest
    @MethodSource("models")
    void c20WhatWasNotSavedBeginsAnewAndIsTold(String model) throws IOException {
        save(model, ENCODER);
        Path conf = file(model, "", WARM, ADAMW, "");
        List<String> warnings = Warnings.of(() -> {
            try (Training training = open(conf);
                    ModelTrainer trainer = training.trainer(config())) {
                Resumption resumed = trainer.resumed().orElseThrow();
                assertEquals(
                        List.of("decoder.bias", "decoder.weight", "norm.bias", "norm.weight"),
                        resumed.restored().stream().sorted().toList());
                assertEquals(List.of("encoder.weight", "encoder.bias"), resumed.anew());
                assertEquals(List.of(), resumed.leftOut());
                Trained.step(trainer, 2);
                assertEquals(
                        1, trainer.optimizer().states().get("encoder.weight").steps());
                assertEquals(
                        3, trainer.optimizer().states().get("decoder.weight").steps());
            }
        });
        assertEquals(
                List.of(
                        "nothing was saved of `encoder.weight`, `encoder.bias`, with which the optimizer begins anew; it goes on with 4 of"
                                + " 6 parameters"),
                warnings);
    }

    /** What was trained then is frozen now: remembered, for the time when it is trained again. */
    @ParameterizedTest
    @MethodSource("models")
    void c20WhatIsFrozenNowIsRememberedAndNotMoved(String model) throws IOException {
        save(model, "");
        try (Training training = open(file(model, ENCODER, WARM, ADAMW, ""));
                ModelTrainer trainer = training.trainer(config())) {
            Map<String, ByteBuffer> before = Trained.bytes(training.model());
            assertEquals(6, trainer.resumed().orElseThrow().restored().size());
            Trained.step(trainer, 2);
            assertEquals(2, trainer.optimizer().states().get("encoder.weight").steps());
            List<String> changed = Trained.changed(before, Trained.bytes(training.model()));
            assertTrue(changed.contains("decoder.weight"));
            assertFalse(changed.contains("encoder.weight"));
        }
    }

    /** A model of the caller's, too: what is wrong is found before its values are loaded. */
    @Test
    void c20AnOptimizerThatDoesNotFitChangesNothing() throws IOException {
        save(block(), "");
        Path conf = file(block(), ENCODER, WARM, "type = sgd, momentum = 0.9", "");
        try (Model model = Trained.net()) {
            Map<String, ByteBuffer> before = Trained.bytes(Trained.modified(model));
            GraftException unfit = assertThrows(
                    GraftException.class,
                    () -> Training.of(ModelModifierApplier.create().model(model).configuration(conf)));
            Problem problem = unfit.problems().get(0);
            assertEquals(
                    "the saved optimizer remembers `exp_avg`, `exp_avg_sq`, and this one `momentum_buffer`",
                    problem.message());
            assertEquals("graft.training.strategy.checkpoint", problem.path());
            assertEquals(5, problem.at().orElseThrow().line());
            assertEquals(List.of(), Trained.changed(before, Trained.bytes(Trained.modified(model))));
            assertTrue(
                    Trained.modified(model).parameters().get("encoder.weight").requiresGradient());
        }
    }

    /** A model without a layer that was saved: its weights fit no strict loading, but what its optimizer remembers does. */
    @Test
    void c20WhatTheModelDoesNotHaveIsLeftOutAndTold() throws IOException {
        save(block(), "");
        SavedTraining saved = SavedTraining.last(folder.resolve("checkpoints")).orElseThrow();
        try (Model less = Trained.block(new Less(), new Shape(8, 4))) {
            ModifiedModel modified = Trained.modified(less);
            List<String> warnings = Warnings.of(() -> {
                try (ModelTrainer trainer =
                        ModelTrainer.resume(modified, config(), TrainingOptions.of(AdamW.of(0.1)), saved)) {
                    assertEquals(
                            List.of("encoder.bias", "encoder.weight"),
                            trainer.resumed().orElseThrow().restored().stream()
                                    .sorted()
                                    .toList());
                }
            });
            assertEquals(
                    List.of(
                            "what was saved of `decoder.bias`, `decoder.weight`, `norm.bias`, `norm.weight` is left out: the model has no"
                                    + " parameter of these names"),
                    warnings);
        }
    }

    /** The encoder alone. */
    private static final class Less extends AbstractBlock {
        private final Block encoder =
                addChildBlock("encoder", Linear.builder().setUnits(3).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return encoder.forward(store, inputs, training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return encoder.getOutputShapes(inputs);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            encoder.initialize(manager, dataType, inputs);
        }
    }

    /** Twice into one model: the same tensors, and the same report. */
    @Test
    void c24LoadingTwiceIsLoadingOnce() throws IOException {
        save(block(), "");
        Path conf = file(block(), ENCODER, WARM, ADAMW, "");
        try (Model model = Trained.net()) {
            Training first =
                    Training.of(ModelModifierApplier.create().model(model).configuration(conf));
            Map<String, ByteBuffer> once = Trained.bytes(first.model());
            Training second =
                    Training.of(ModelModifierApplier.create().model(model).configuration(conf));
            assertEquals(List.of(), Trained.changed(once, Trained.bytes(second.model())));
            assertEquals(loads(first), loads(second));
        }
    }

    private static String loads(Training training) {
        return training.model().report().plan().modifiers().get(1).toString();
    }
}
