package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings that PyTorch has saved are gone on with; benchmarks/reference/make_saved_trainings.py has made them, and the losses. */
class PytorchTrainingsTest {
    private static final String ADAMW = "type = adamw, learning-rate = 0.01";
    private static final String SGD = "type = sgd, learning-rate = 0.1, momentum = 0.9";
    private static final String WITHOUT =
            "or give the optimizer names where it is saved, `AdamW(model.named_parameters())`, or begin anew with the strategy"
                    + " `weights-only`";

    @TempDir
    Path folder;

    /** Its decoder comes first, in another order than in the files. */
    public static final class Reversed extends AbstractBlock {
        private final Block decoder =
                addChildBlock("decoder", Linear.builder().setUnits(2).build());
        private final Block encoder =
                addChildBlock("encoder", Linear.builder().setUnits(3).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return decoder.forward(store, Activation.tanh(encoder.forward(store, inputs, training)), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), 2)};
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            encoder.initialize(manager, dataType, inputs);
            decoder.initialize(manager, dataType, new Shape(inputs[0].get(0), 3));
        }

        /** Makes it; takes no arguments. */
        public static final class Factory implements BlockFactory {
            private static final long serialVersionUID = 1L;

            @Override
            public Block newBlock(Model model, Path from, Map<String, ?> arguments) {
                return new Reversed();
            }
        }
    }

    private static String program() {
        return "torchscript = \"" + Trained.program("plain") + "\"";
    }

    private static String block() {
        return "block-factory = \"" + Reversed.Factory.class.getName() + "\", input-shapes = [[8, 4]]";
    }

    private static String saved(String name) {
        try {
            return Path.of(PytorchTrainingsTest.class
                            .getResource("/saved/" + name + ".ckpt")
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Training open(String model, String modifiers, String saved, String optimizer) throws IOException {
        Path file = Files.writeString(folder.resolve("go-on.conf"), """
                graft {
                  model { %s }
                  modifiers = [ %s ]
                  training { strategy { type = warm-start, checkpoint = "%s" %s }, seed = 1, optimizer { %s } }
                }
                """.formatted(
                        model,
                        modifiers,
                        saved(saved.split(",")[0]),
                        saved.contains(",") ? saved.substring(saved.indexOf(',')) : "",
                        optimizer));
        return Training.of(ModelModifierApplier.create().configuration(file));
    }

    private static ModelTrainer trainer(Training training) {
        return training.trainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()));
    }

    private static void assertGoesOn(ModelTrainer trainer, float... losses) {
        for (int i = 0; i < losses.length; i++) {
            assertEquals(losses[i], Trained.step(trainer, 3 + i), 1e-5f);
        }
    }

    /** The order of the file counts, and the prefix of Lightning's names is stripped. */
    @ParameterizedTest
    @CsvSource({"adamw, 1, 0", "named, 1, 2", "sgd, 2, 0"})
    void c14ATrainingOfPytorchGoesOn(String name, long epochs, long batches) throws IOException {
        for (String model : List.of(program(), block())) {
            boolean isSgd = name.equals("sgd");
            try (Training training = open(model, "", name, isSgd ? SGD : ADAMW);
                    ModelTrainer trainer = trainer(training)) {
                assertEquals(new TrainingMoment(epochs, 3, batches), trainer.moment());
                assertEquals(1, trainer.seed());
                assertEquals(
                        3, trainer.optimizer().states().get("encoder.weight").steps());
                if (isSgd) {
                    assertGoesOn(trainer, 0.7534435f, 0.7445301f, 0.6834332f);
                } else {
                    assertGoesOn(trainer, 0.7809767f, 0.7838097f, 0.7238846f);
                }
            }
        }
    }

    @Test
    void thoseThatAreTrainedAreTheParametersOfAnOptimizerThatHasNoMore() throws IOException {
        String freezing = "{ type = freezing, submodules-to-freeze = [encoder] }";
        try (Training training = open(program(), freezing, "head", ADAMW);
                ModelTrainer trainer = trainer(training)) {
            assertEquals(
                    List.of("decoder.bias", "decoder.weight"),
                    trainer.optimizer().states().keySet().stream().sorted().toList());
            assertGoesOn(trainer, 0.7877058f, 0.8003208f, 0.7392949f);
        }
    }

    private void assertRefused(String message, String help, String modifiers, String saved, String optimizer)
            throws IOException {
        GraftException refused = assertThrows(GraftException.class, () -> open(program(), modifiers, saved, optimizer));
        assertEquals(message, refused.problems().get(0).message());
        assertEquals(help, refused.problems().get(0).help());
        assertEquals("training-state", refused.problems().get(0).code().id());
        assertEquals(
                "graft.training.strategy.checkpoint", refused.problems().get(0).path());
    }

    /** What cannot be told apart is not guessed. */
    @Test
    void c20WhatDoesNotFitIsTold() throws IOException {
        assertRefused(
                "the saved optimizer has 2 parameters, by number, and the model 4: `encoder.weight`, `encoder.bias`,"
                        + " `decoder.weight`, `decoder.bias`",
                "freeze what was frozen then; " + WITHOUT,
                "",
                "head",
                ADAMW);
        assertRefused(
                "the saved optimizer has 2 parameters, by number, and the model 4, of which 3 are trained:"
                        + " `encoder.weight`, `encoder.bias`, `decoder.weight`, `decoder.bias`",
                "freeze what was frozen then; " + WITHOUT,
                "{ type = freezing, submodules-to-freeze = [encoder.bias] }",
                "head",
                ADAMW);
        assertRefused(
                "the saved optimizer does not fit the model: `exp_avg.encoder.weight` is [2, 3], and the parameter [3, 4],"
                        + " `exp_avg_sq.encoder.weight` is [2, 3], and the parameter [3, 4],"
                        + " `exp_avg.encoder.bias` is [2], and the parameter [3] and 1 more",
                "take the model that it was saved with, or begin anew with the strategy `weights-only`",
                "{ type = freezing, submodules-to-freeze = [decoder] }",
                "head",
                ADAMW);
        assertRefused(
                "the saved optimizer numbers its parameters through 2 groups, so that it cannot be told which is which",
                WITHOUT.substring(3),
                "",
                "grouped",
                ADAMW);
        assertRefused(
                "the saved optimizer remembers `exp_avg`, `exp_avg_sq`, `max_exp_avg_sq`, and this one `exp_avg`,"
                        + " `exp_avg_sq`",
                "take the optimizer that it was saved with",
                "",
                "amsgrad",
                ADAMW);
        assertRefused(
                "the saved optimizer remembers `momentum_buffer`, and this one `exp_avg`, `exp_avg_sq`",
                "take the optimizer that it was saved with",
                "",
                "sgd",
                ADAMW);
    }

    @Test
    void c16c18AMissingOptimizerIsAnErrorUnlessItIsAllowed() throws IOException {
        GraftException missing = assertThrows(GraftException.class, () -> open(program(), "", "none", ADAMW));
        assertTrue(
                missing.problems().get(0).message().endsWith("it holds no state of an optimizer"),
                missing.getMessage());
        assertEquals(
                "save `optimizer.state_dict()` beside the model, set `allow-missing-optimizer`, or begin anew with the strategy"
                        + " `weights-only`",
                missing.problems().get(0).help());
        assertEquals(
                "graft.training.strategy.checkpoint", missing.problems().get(0).path());
        List<String> warnings = Warnings.of(() -> {
            try (Training training = open(program(), "", "none, allow-missing-optimizer = true", ADAMW);
                    ModelTrainer trainer = trainer(training)) {
                assertEquals(TrainingMoment.START, trainer.moment());
                assertEquals(Map.of(), trainer.optimizer().states());
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        });
        assertEquals(List.of("nothing was saved of an optimizer, which begins anew"), warnings);
    }
}
