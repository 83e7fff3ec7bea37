package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.NamedTensor;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import io.graft.testkit.ModelFixture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters in TorchScript programs, scripted and traced: open models, and archives. Letters and numbers are ids of the reference. */
class ScriptAdapterTest {
    @TempDir
    Path folder;

    private Model model;

    @AfterEach
    void close() {
        if (model != null) {
            model.close();
        }
    }

    private Path open(String program) throws Exception {
        return open(Fixtures.file("programs/" + program + ".pt"));
    }

    private Path open(Path file) throws Exception {
        // What keeps PyTorch from optimizing graphs, which fails after two training steps, has to be set before the
        // first forward.
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        close();
        model = Model.newInstance("net", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return file;
    }

    private ModifiedModel run(Path file, String... modifiers) {
        return ModelModifierApplier.create()
                .model(model, file)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [ { " + String.join(" }, { ", modifiers) + " } ]"))
                .run();
    }

    private static NDList input(NDManager manager, String program) {
        if (program.startsWith("tied") || program.startsWith("padded")) {
            return new NDList(manager.create(new long[] {1, 4, 2}, new Shape(1, 3)));
        }
        Shape shape = program.startsWith("conv")
                ? new Shape(3, 2, 4, 4)
                : program.startsWith("entangled")
                        ? new Shape(5, 4)
                        : program.startsWith("gpt") ? new Shape(2, 3, 4) : new Shape(6, 8);
        NDArray values = manager.arange(0, (float) shape.size(), 1, DataType.FLOAT32);
        return new NDList(values.sin().reshape(shape));
    }

    private float[] outputs(String program) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            ParameterStore store = new ParameterStore(scope, false);
            return model.getBlock()
                    .forward(store, input(scope, program), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.getBlock()
                .getParameters()
                .forEach(parameter -> values.put(
                        parameter.getKey(), parameter.getValue().getArray().toFloatArray()));
        return values;
    }

    private void train(String program) {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.01f))
                        .build()))) {
            for (int step = 0; step < 3; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDList output = trainer.forward(input(scope, program));
                    collector.backward(output.get(0).square().mean());
                }
                trainer.step();
            }
        }
    }

    /** P1, P22, P21 and P24: it changes nothing at first, it alone is trained, off it leaves the base, and saved it is loaded again. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epd | rank = 2, alpha = 4, target-modules = [query, \"decoder.data\"]",
                "epd | rank = 2, target-modules = [query], dropout = 0.2",
                "epd | rank = 2, target-modules = [query], use-dora = true",
                "epd | rank = 2, target-modules = [query], init = pissa",
                "epd | rank = 2, target-modules = [query], bias = lora-only, modules-to-save = [\"decoder.data\"]",
                "gpt | rank = 2, target-modules = [c_attn, c_proj], layers { \"c_*\" = transposed }",
                "convolutions | rank = 2, target-modules = [plain, line]",
                "tied | rank = 2, target-modules = [emb], ensure-weight-tying = true",
                "padded | rank = 2, target-modules = [lin], trainable-token-indices { emb = [4, 2] }, layers { emb = embedding }"
            })
    void anAdapterIsTrainedSwitchedAndSaved(String program, String options) throws Exception {
        assertTrainedSwitchedAndSaved(program, "type = lora, " + options, options.contains("pissa") ? 4L : 2L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epd | type = adapter, method = ia3, target-modules = [query, \"decoder.data\"]",
                "epd | type = adapter, method = vera, target-modules = [query], settings { r = 2 }",
                "epd | type = adapter, method = lokr, target-modules = [query, \"decoder.data\"], settings { r = 2 }"
            })
    void soItIsWithOtherMethods(String program, String modifier) throws Exception {
        assertTrainedSwitchedAndSaved(program, modifier, modifier.contains("ia3") ? null : 2L);
    }

    private void assertTrainedSwitchedAndSaved(String program, String modifier, Long rank) throws Exception {
        for (String kind : program.equals("entangled") ? List.of("scripted") : List.of("scripted", "traced")) {
            Path file = open(program + "-" + kind);
            float[] expected = outputs(program);
            Map<String, float[]> base = values();
            ModifiedModel modified = run(file, modifier);
            assertArrayEquals(expected, outputs(program), 1e-5f, kind);
            Map<String, float[]> started = values();
            train(program);
            values().forEach((name, now) -> {
                if (base.containsKey(name)) {
                    assertArrayEquals(base.get(name), now, name);
                }
            });
            assertTrue(values().entrySet().stream()
                    .anyMatch(now -> !Arrays.equals(started.get(now.getKey()), now.getValue())));
            float[] trained = outputs(program);
            assertFalse(Arrays.equals(expected, trained));
            modified.activate(Map.of());
            assertArrayEquals(expected, outputs(program), kind + ", switched off");
            modified.activate(Map.of("default", 1.0));
            assertArrayEquals(trained, outputs(program), 1e-6f);

            Path saved = folder.resolve(kind);
            AdapterSaver.peft().save(modified.adapters().get(0), saved);
            // What was taken out of the weight stands beside the factors, and a plain adapter has both.
            assertEquals(
                    rank,
                    AdapterSettings.read(saved.resolve("adapter_config.json")).get("r"));
            open(program + "-" + kind);
            run(file, "type = lora, adapter-path = \"" + saved + "\"");
            assertArrayEquals(trained, outputs(program), 1e-5f, kind + ", loaded");
            open(program + "-" + kind);
            run(file, "type = lora-merge, adapter-path = \"" + saved + "\"");
            assertArrayEquals(trained, outputs(program), 1e-5f, kind + ", merged");
        }
    }

    /** Where code cannot be edited, the weight is computed in its place, and all else is the same. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type = lora, rank = 2, target-modules = [fc]",
                "type = lora, rank = 2, target-modules = [fc], use-dora = true",
                "type = lora, rank = 2, target-modules = [fc], init = pissa",
                "type = adapter, method = ia3, target-modules = [fc]",
                "type = adapter, method = vera, target-modules = [fc], settings { r = 2 }"
            })
    void soItIsWhereCodeCannotBeEdited(String modifier) throws Exception {
        assertTrainedSwitchedAndSaved(
                "entangled", modifier, modifier.contains("ia3") ? null : modifier.contains("pissa") ? 4L : 2L);
    }

    @Test
    void aModelOfAFileIsTrainedWhereItsCodeCannotBeEdited() throws Exception {
        String program = "graft { model.torchscript = \"" + Fixtures.file("programs/entangled-scripted.pt") + "\", ";
        String adapter = "modifiers = [{ type = lora, rank = 2, init = random, target-modules = [fc] }]";
        FileRun run = ModelModifierApplier.create().configuration(ConfigFactory.parseString(program + adapter + " }"));
        try (ModifiedModel modified = run.open()) {
            close();
            model = modified.model().orElseThrow();
            float[] before = outputs("entangled");
            assertArrayEquals(before, forward(run), 1e-5f);
            train("entangled");
            assertFalse(Arrays.equals(before, outputs("entangled")));
            AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("saved"));
            GraftException unwritable =
                    assertThrows(GraftException.class, () -> modified.saveProgram(folder.resolve("program")));
            assertEquals(
                    List.of(
                            "the program's code cannot be edited so that it computes a parametrized tensor: `fc.weight` is computed in"
                                    + " its place"),
                    unwritable.problems().stream().map(Problem::message).toList());
            float[] trained = outputs("entangled");
            model = null;
            Path out = folder.resolve("merged");
            ModelModifierApplier.create()
                    .configuration(
                            ConfigFactory.parseString(program + "modifiers = [{ type = lora-merge, adapter-path = \""
                                    + folder.resolve("saved") + "\" }], output.path = \"" + out + "\" }"))
                    .run();
            open(out.resolve("model.pt"));
            assertArrayEquals(trained, outputs("entangled"), 1e-5f);
        }
    }

    private static float[] forward(FileRun run) throws Exception {
        try (NDManager scope = NDManager.newBaseManager()) {
            ByteBuffer bytes = input(scope, "entangled").get(0).toByteBuffer();
            NamedTensor given = new NamedTensor(
                    "0",
                    DType.F32,
                    io.graft.tensor.Shape.of(5, 4),
                    TensorData.of(bytes.order(ByteOrder.LITTLE_ENDIAN)));
            NamedTensor output = run.forward(List.of(given)).get(0);
            float[] values = new float[(int) output.shape().elementCount()];
            output.data()
                    .window(0, values.length * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        }
    }

    @Test
    void aProgramThatIsComputedInPlaceIsNotWritten() throws Exception {
        Path out = folder.resolve("out");
        GraftException refused = assertThrows(
                GraftException.class,
                () -> ModelModifierApplier.create()
                        .configuration(ConfigFactory.parseString("graft { model.torchscript = \""
                                + Fixtures.file("programs/entangled-scripted.pt")
                                + "\", modifiers = [{ type = lora, rank = 2, target-modules = [fc] }], output.path = \""
                                + out
                                + "\" }"))
                        .run());
        List<Problem> errors =
                refused.problems().stream().filter(Problem::isError).toList();
        assertEquals(
                List.of(
                        "the program's code cannot be edited so that it computes a parametrized tensor: `forward` of `Entangled`"
                                + " reads `scale.weight`, and its code does not tell of which module"),
                errors.stream().map(Problem::message).toList());
        assertEquals(
                "fold the parametrizations into the weights, put them on a native block, or, to train them, on the program while"
                        + " it is open, which computes such weights in place",
                errors.get(0).help());
        assertFalse(Files.exists(out));
    }

    /** An archive with an adapter is opened again, and the adapter is saved out of it as it was put there. */
    @ParameterizedTest
    @ValueSource(strings = {"epd-scripted", "epd-traced"})
    void anAdapterIsSavedOutOfAnArchive(String program) throws Exception {
        Path file = open(program);
        Path out = folder.resolve("out");
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model.torchscript = \"" + file
                        + "\", modifiers = [{ type = lora, rank = 2, alpha = 6, init = random, target-modules = [query] }],"
                        + " output.path = \"" + out + "\" }"))
                .run();
        assertTrue(Files.exists(out.resolve("adapter_model.safetensors")));
        Path archive = open(out.resolve("model.pt"));
        float[] adapted = outputs("epd");
        ModifiedModel modified = ModelModifierApplier.create()
                .model(model, archive)
                .configuration(List.of())
                .run();
        Path saved = folder.resolve("saved");
        AdapterSaver.peft().save(modified.adapters().get(0), saved);
        assertEquals(
                AdapterSettings.read(out.resolve("adapter_config.json")).values(),
                AdapterSettings.read(saved.resolve("adapter_config.json")).values());
        assertEquals(
                -1,
                Files.mismatch(out.resolve("adapter_model.safetensors"), saved.resolve("adapter_model.safetensors")));
        open(program);
        run(file, "type = lora, adapter-path = \"" + saved + "\"");
        assertArrayEquals(adapted, outputs("epd"), 1e-6f);
    }

    @Test
    void statisticsThatTrainingMovesAreToldOf() throws Exception {
        ModifiedModel modified =
                run(open("epd-scripted"), "type = lora, rank = 2, target-modules = [query], bias = all");
        assertEquals(
                List.of(
                        "`norm` keeps running statistics, which move once its parameters are trained: they are no part of the"
                                + " adapter, and stay moved when it is switched off"),
                modified.report().plan().modifiers().get(0).warnings());
    }

    /** The code of a program tells them, a file of its weights does not. */
    @Test
    void groupsThatNothingTellsAreToldOf() throws Exception {
        String lora = "type = lora, rank = 2, target-modules = [plain, grouped]";
        ModifiedModel modified = run(open("convolutions-scripted"), lora);
        assertEquals(List.of(), modified.report().plan().modifiers().get(0).warnings());
        Path bare = ModelFixture.empty()
                .with("plain.weight", io.graft.tensor.Shape.of(4, 2, 3, 3), new double[72])
                .with("plain.bias", io.graft.tensor.Shape.of(4), new double[4])
                .with("grouped.weight", io.graft.tensor.Shape.of(4, 2, 3, 3), new double[72])
                .with("grouped.bias", io.graft.tensor.Shape.of(4), new double[4])
                .save(folder, "model");
        assertEquals(
                List.of("nothing tells whether convolutions are in groups, and their factors are those of one group:"
                        + " `grouped`, `plain`; PEFT does not load them for one in groups, which groups { \"**.grouped\" = 2 }"
                        + " would say"),
                ModelModifierApplier.create()
                        .configuration(ConfigFactory.parseString("graft { model.checkpoint = \"" + bare
                                + "\", modifiers = [ { " + lora + " } ], output.path = \"" + folder.resolve("out")
                                + "\" }"))
                        .plan()
                        .modifiers()
                        .get(0)
                        .warnings());
    }

    @Test
    void inputsOfAConvolutionAreNotDroppedWhichIsTold() throws Exception {
        ModifiedModel modified =
                run(open("convolutions-scripted"), "type = lora, rank = 2, target-modules = [plain], dropout = 0.1");
        assertTrue(modified.report()
                .plan()
                .modifiers()
                .get(0)
                .warnings()
                .contains(
                        "the inputs of convolutions are not dropped, and PEFT drops them: `plain` are trained without the"
                                + " dropout of 0.1"));
    }
}
