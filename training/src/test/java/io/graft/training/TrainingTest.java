package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From a file to a trained model. */
class TrainingTest {
    private static final String BLOCK =
            "block-factory = \"" + Net.Factory.class.getName() + "\", input-shapes = [[8, 4]]";

    @TempDir
    Path folder;

    private Path file(String model, String training) throws IOException {
        return Files.writeString(folder.resolve("fine-tune.conf"), """
                graft {
                  model { %s }
                  modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ]
                  training {
                %s
                  }
                }
                """.formatted(
                        model, training.indent(4).stripTrailing()));
    }

    static Stream<String> models() {
        return Stream.of(BLOCK, "torchscript = \"" + Trained.program("net") + "\"");
    }

    private static DefaultTrainingConfig config() {
        return new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
    }

    private static Dataset data(NDManager manager) throws Exception {
        ArrayDataset data = new ArrayDataset.Builder()
                .setData(manager.arange(128f).reshape(32, 4).sin())
                .optLabels(manager.arange(32f).mod(2))
                .setSampling(8, true)
                .build();
        data.prepare();
        return data;
    }

    @ParameterizedTest
    @MethodSource("models")
    void aFileGivesATrainer(String model) throws Exception {
        Path config = file(model, """
                seed = 3
                optimizer {
                  type = adamw
                  learning-rate = 0.01
                  groups = [ { parameters = [decoder], learning-rate = 0.1, weight-decay = 0 } ]
                  clip-norm = 1
                }
                schedules = [ { parameters = [encoder.weight], from-epoch = 1 } ]
                """);
        try (Training training = Training.of(ModelModifierApplier.create().configuration(config));
                ModelTrainer trainer = training.trainer(config())) {
            Map<String, ByteBuffer> before = Trained.bytes(training.model());
            Dataset data = data(trainer.getManager());
            EasyTrain.fit(trainer, 1, data, null);
            List<String> first = Trained.changed(before, Trained.bytes(training.model()));
            assertEquals(
                    List.of("decoder.bias", "decoder.weight", "norm.bias"),
                    first.stream()
                            .filter(training.model().parameters()::containsKey)
                            .filter(name -> !name.equals("norm.weight"))
                            .toList());
            EasyTrain.fit(trainer, 1, data, null);
            assertTrue(Trained.changed(before, Trained.bytes(training.model())).contains("encoder.weight"));
            assertEquals(new TrainingMoment(2, 8, 0), trainer.moment());
            assertEquals(3, trainer.seed());
            assertEquals(0.01, trainer.optimizer().rule().learningRate());
        }
    }

    /** LoRA+: the factor that is zero at first learns faster, on blocks and programs, and under a rate that changes. */
    @ParameterizedTest
    @MethodSource("models")
    void theFactorsOfAdaptersLearnAtRatesOfTheirOwn(String model) throws Exception {
        Path config = Files.writeString(folder.resolve("lora-plus.conf"), """
                graft {
                  model { %s }
                  modifiers = [ { type = lora, rank = 2, target-modules = [encoder, decoder], bias = lora-only } ]
                  training {
                    optimizer {
                      type = sgd
                      learning-rate = 0.01
                      weight-decay = 0.1
                      groups = [
                        { parameters = ["**.lora_B.*"], learning-rate-ratio = 16 }
                        { parameters = ["**.saved"], learning-rate-ratio = 0.5, weight-decay = 0 }
                      ]
                    }
                  }
                }
                """.formatted(model));
        try (Training training = Training.of(ModelModifierApplier.create().configuration(config));
                ModelTrainer trainer = training.trainer(config())) {
            Map<String, Double> rates = new TreeMap<>();
            trainer.optimizer()
                    .groups()
                    .forEach(group -> group.names().stream()
                            .filter(name ->
                                    training.model().parameters().get(name).requiresGradient())
                            .forEach(name -> rates.put(name, group.learningRate())));
            assertEquals(
                    Map.of(
                            "encoder.lora_A.default", 0.01,
                            "encoder.lora_B.default", 0.16,
                            "encoder.saved.bias.default", 0.005,
                            "decoder.lora_A.default", 0.01,
                            "decoder.lora_B.default", 0.16,
                            "decoder.saved.bias.default", 0.005),
                    rates);
            Map<String, float[]> before = arrays(training, rates.keySet());
            EasyTrain.fit(trainer, 1, data(trainer.getManager()), null);
            arrays(training, rates.keySet())
                    .forEach((name, now) -> assertFalse(Arrays.equals(before.get(name), now), name));
        }
    }

    private static Map<String, float[]> arrays(Training training, Set<String> names) {
        Map<String, float[]> arrays = new TreeMap<>();
        names.forEach(name -> arrays.put(
                name, training.model().parameters().get(name).getArray().toFloatArray()));
        return arrays;
    }

    @Test
    void aGroupHasOneRate() throws Exception {
        assertEquals(
                List.of("error exclusive graft.training.optimizer.groups[0].learning-rate-ratio 5 `learning-rate` and"
                        + " `learning-rate-ratio` exclude each other; keep one of them"),
                problems(file(
                        BLOCK,
                        "optimizer { type = sgd, groups = [ { parameters = [decoder], learning-rate = 1,"
                                + " learning-rate-ratio = 2 } ] }")));
    }

    @Test
    void aModelOfTheCallersIsTrained() throws Exception {
        Path config = file(BLOCK, "optimizer.type = sgd");
        try (Model model = Trained.net()) {
            try (Training training = Training.of(
                            ModelModifierApplier.create().model(model).configuration(config));
                    ModelTrainer trainer = training.trainer(config())) {
                Trained.step(trainer, 0);
            }
            assertTrue(model.getNDManager().isOpen());
        }
    }

    @Test
    void anEpochOfTheSameSeedIsTheSame() throws Exception {
        Function<Long, Map<String, ByteBuffer>> trained = seed -> {
            try {
                Path config = file(BLOCK, "seed = " + seed + ", optimizer { type = adamw, learning-rate = 0.01 }");
                try (Training training =
                                Training.of(ModelModifierApplier.create().configuration(config));
                        ModelTrainer trainer = training.trainer(config())) {
                    EasyTrain.fit(trainer, 2, data(trainer.getManager()), null);
                    return Trained.bytes(training.model());
                }
            } catch (Exception failure) {
                throw new AssertionError(failure);
            }
        };
        assertEquals(trained.apply(1L), trained.apply(1L));
        assertTrue(Trained.changed(trained.apply(1L), trained.apply(2L)).contains("decoder.weight"));
    }

    @Test
    void whatIsWrongHasItsPlace() throws IOException {
        assertEquals(
                List.of(
                        "error missing-key   the configuration does not say how the model is trained: it has no section `graft.training`;"
                                + " write graft.training { optimizer { type = adamw } }"),
                problems(Files.writeString(
                        folder.resolve("none.conf"),
                        "graft { model { " + BLOCK
                                + " }, modifiers = [ { type = freezing, submodules-to-freeze = [encoder] } ] }")));
        assertEquals(
                List.of(
                        "error unknown-key graft.training.optimizer.learning-rat 7 the section `training` has no key `learning-rat` in"
                                + " `optimizer`; did you mean `learning-rate`?"),
                problems(file(BLOCK, "optimizer {\n type = adamw\n learning-rat = 3\n}")));
        assertEquals(
                List.of(
                        "error unmatched-selector graft.training.optimizer.groups[0].parameters[0] 5 `decodr` matches nothing in the"
                                + " model; did you mean `decoder`?"),
                problems(file(
                        BLOCK, "optimizer { type = sgd, groups = [ { parameters = [decodr], weight-decay = 0 } ] }")));
        assertEquals(
                List.of(
                        "error check-failed graft.training.optimizer.groups[0] 5 a group needs `learning-rate`, `learning-rate-ratio` or"
                                + " `weight-decay`"),
                problems(file(BLOCK, "optimizer { type = sgd, groups = [ { parameters = [decoder] } ] }")));
        Path mine = Files.writeString(folder.resolve("mine"), "no folder");
        assertEquals(
                List.of("error check-failed graft.training.checkpoints.path 6 the training cannot be saved in " + mine
                        + ": FileAlreadyExistsException: " + mine
                        + "; give the path of a folder, which is made if it is not there"),
                problems(file(BLOCK, "optimizer.type = sgd\ncheckpoints.path = \"" + mine + "\"")));
        assertEquals(
                List.of(
                        "error check-failed graft.training.schedules[0] 6 a schedule needs `from-epoch`, `from-step`, `until-epoch` or"
                                + " `until-step`"),
                problems(file(BLOCK, "optimizer.type = sgd\nschedules = [ { parameters = [encoder] } ]")));
    }

    private static List<String> problems(Path file) {
        GraftException wrong = assertThrows(GraftException.class, () -> {
            try (Training training = Training.of(ModelModifierApplier.create().configuration(file))) {
                training.trainer(config()).close();
            }
        });
        return wrong.problems().stream().map(TrainingTest::told).toList();
    }

    private static String told(Problem problem) {
        return (problem.isError() ? "error " : "warning ") + problem.code().id() + " " + problem.path() + " "
                + problem.at()
                        .map(SourceRef::line)
                        .map(line -> line + " ")
                        .orElse(problem.path().isEmpty() ? " " : "")
                + problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }
}
