package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.Report;
import io.graft.TargetModel.Commit;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.publish.OutputException;
import io.graft.djl.Fixtures;
import io.graft.djl.Methods;
import io.graft.djl.Models;
import io.graft.djl.ModifiedModel;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveScriptTargetTest {
    private static final Map<String, String> TRAINED = Map.of("trainParam", "true");

    private Model model;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    @AfterEach
    void close() {
        if (model != null) {
            model.close();
        }
    }

    private LiveScriptTarget open(String fixture) throws Exception {
        return open(fixture, TRAINED);
    }

    private LiveScriptTarget open(String fixture, Map<String, String> options) throws Exception {
        Path file = Archives.path(fixture);
        model = Model.newInstance("net", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), options);
        return LiveScriptTarget.of(model, file);
    }

    private static Plan plan(LiveScriptTarget target, Consumer<ModelDraft> edits) {
        ModelDraft draft = target.draft();
        edits.accept(draft);
        return Models.plan(target, draft);
    }

    private static void apply(LiveScriptTarget target, Consumer<ModelDraft> edits) throws IOException {
        target.commit(plan(target, edits)).close();
    }

    private static void fill(ModelDraft draft, String fixture) {
        Map<String, NamedTensor> values = Fixtures.read(fixture);
        List.copyOf(draft.tensors()).stream()
                .map(DraftTensor::name)
                .filter(values::containsKey)
                .forEach(name -> draft.assign(name, Models.stored(values.get(name))));
    }

    /** Every tensor, buffers too, and each parameter's flag. */
    private Map<String, String> state() throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (ModuleCopy copy = new ModuleCopy(model.getBlock())) {
            copy.checkpoint().stored().forEach((name, entry) -> state.put(name, text(entry)));
        }
        model.getBlock()
                .getParameters()
                .forEach(
                        pair -> state.merge(pair.getKey(), " " + pair.getValue().requiresGradient(), String::concat));
        return state;
    }

    private static String text(io.graft.checkpoint.TensorEntry entry) {
        try {
            byte[] bytes = new byte[(int) entry.data().byteCount()];
            entry.data().window(0, bytes.length).get(bytes);
            return entry.dtype() + java.util.HexFormat.of().formatHex(bytes);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private Parameter parameter(String name) {
        return model.getBlock().getParameters().get(name);
    }

    private double distance(String inputs, String expected) throws IOException {
        NamedTensor wanted = Fixtures.list(expected).get(0);
        float[] values = values(wanted);
        float[] given = run(Fixtures.list(inputs).get(0));
        double distance = 0;
        for (int i = 0; i < values.length; i++) {
            distance = Math.max(distance, Math.abs(values[i] - given[i]));
        }
        return distance;
    }

    private float[] run(NamedTensor input) throws IOException {
        NDManager manager = model.getNDManager();
        NDArray array = manager.create(
                values(input),
                new Shape(input.shape().dimensions().stream().mapToLong(d -> d).toArray()));
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(array), false)
                .get(0)
                .toFloatArray();
    }

    private static float[] values(NamedTensor tensor) throws IOException {
        float[] values = new float[(int) tensor.shape().elementCount()];
        tensor.data()
                .window(0, values.length * Float.BYTES)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    @Test
    void valuesAndFlagsOfParametersChangeInPlace() throws Exception {
        LiveScriptTarget target = open("m43/scripted");
        Block block = model.getBlock();
        NDArray array = parameter("encoder.weight").getArray();
        Plan plan = plan(target, draft -> {
            fill(draft, "m43/full7.pt");
            draft.freeze("encoder.weight");
        });
        assertEquals(List.of(), target.refusals(plan));
        target.commit(plan).close();
        assertSame(block, model.getBlock());
        assertSame(array, parameter("encoder.weight").getArray());
        assertEquals(0, distance("m43/inputs.safetensors", "m43/outputs-full7.safetensors"), 1e-5);
        model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())).close();
        assertFalse(parameter("encoder.weight").requiresGradient(), "frozen stays frozen");
        assertTrue(parameter("encoder.bias").getArray().hasGradient());
    }

    @ParameterizedTest
    @ValueSource(strings = {"epd/scripted", "epd/traced"})
    void aBufferIsChangedInAProgramThatTakesItsPlace(String fixture) throws Exception {
        LiveScriptTarget target = open(fixture);
        Block before = model.getBlock();
        parameter("decoder.data.bias").getArray().set(new NDIndex("..."), 9);
        Plan plan = plan(target, draft -> {
            LazyTensor trained = draft.find("decoder.data.bias").orElseThrow().base();
            fill(draft, "epd/pretrained-expected.safetensors");
            draft.assign("decoder.data.bias", trained);
            draft.freeze("encoder.data.weight");
        });
        assertEquals(
                List.of(
                        "the program is loaded anew beside the open one, so that memory holds both for a time: `latlons`"
                                + ", `norm.running_mean`, `norm.running_var`, `norm.num_batches_tracked`"),
                target.refusals(plan).stream().map(Problem::message).toList());
        target.commit(plan).close();
        assertNotSame(before, model.getBlock());
        assertThrows(
                IllegalStateException.class,
                () -> before.forward(
                        new ParameterStore(model.getNDManager(), false),
                        new NDList(model.getNDManager().zeros(new Shape(6, 8))),
                        false));
        assertFalse(parameter("encoder.data.weight").requiresGradient());
        assertTrue(parameter("processor.0.query.weight").requiresGradient());
        assertEquals(9, parameter("decoder.data.bias").getArray().toFloatArray()[0]);
    }

    @Test
    void transferredWeightsAndBuffersGiveTheOutputs() throws Exception {
        LiveScriptTarget target = open("epd/scripted");
        apply(target, draft -> fill(draft, "epd/pretrained-expected.safetensors"));
        assertEquals(0, distance("epd/inputs.safetensors", "epd/outputs-pretrained.safetensors"), 1e-5);
        // A later run finds the program as it is now, with and without a file.
        LiveScriptTarget later = LiveScriptTarget.of(model);
        apply(later, draft -> draft.cast("latlons", DType.F64));
        later.release();
        assertEquals(0, distance("epd/inputs.safetensors", "epd/outputs-pretrained.safetensors"), 1e-5);
    }

    /** Whatever the file says: parameters that were trained, and statistics that training has changed. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whatWasTrainedSinceKeepsItsValues(boolean byFile) throws Exception {
        open("torchscript/models/normed");
        NDArray zeros = model.getNDManager().zeros(new Shape(5, 4));
        // DJL takes a program for one in training until it was run in inference.
        model.getBlock().forward(new ParameterStore(model.getNDManager(), false), new NDList(zeros), false);
        Trainer trainer = trainer(new Shape(5, 4));
        for (int i = 0; i < 3; i++) {
            step(trainer, new Shape(5, 4));
        }
        trainer.close();
        Map<String, String> before = state();
        LiveScriptTarget target = byFile
                ? LiveScriptTarget.of(model, Archives.path("torchscript/models/normed"))
                : LiveScriptTarget.of(model);
        apply(target, draft -> draft.assign("norm.running_var", Models.filled(io.graft.tensor.Shape.of(3), 2)));
        target.release();
        Map<String, String> expected = new HashMap<>(before);
        expected.put("norm.running_var", "F32" + "00000040".repeat(3));
        assertEquals(new TreeMap<>(expected), state());
        assertFalse(before.get("norm.num_batches_tracked").startsWith("I6400000000"), "statistics have moved");
    }

    /** The last of the edits of a program, when its adapters are written already. */
    @Test
    void aFailureAfterAnAdapterLeavesEveryBit() throws Exception {
        LiveScriptTarget target = open("epd/traced");
        Map<String, String> before = state();
        Block block = model.getBlock();
        Plan plan = plan(target, draft -> {
            draft.parametrize("processor.1.query.weight", "default", Methods.lora(16, 4, 16, 1, 0));
            draft.assign("decoder.data.bias", failing(io.graft.tensor.Shape.of(4)));
        });
        assertThrows(IOException.class, () -> target.commit(plan));
        assertEquals(before, state());
        assertSame(block, model.getBlock());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aFailureOfTheLastChangeLeavesEveryBit(boolean inPlace) throws Exception {
        LiveScriptTarget target = open("epd/scripted");
        Map<String, String> before = state();
        Block block = model.getBlock();
        Plan plan = plan(target, draft -> {
            draft.assign("encoder.data.weight", Models.filled(io.graft.tensor.Shape.of(16, 8), 3));
            draft.freeze("encoder.data.bias");
            if (!inPlace) {
                draft.assign("latlons", Models.filled(io.graft.tensor.Shape.of(5, 4), 3));
            }
            draft.assign("decoder.data.bias", failing(io.graft.tensor.Shape.of(4)));
        });
        IOException failure = assertThrows(IOException.class, () -> target.commit(plan));
        assertTrue(failure.getMessage().contains("decoder.data.bias"), failure.getMessage());
        assertEquals(before, state());
        assertSame(block, model.getBlock());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aCommitThatIsRolledBackLeavesEveryBit(boolean inPlace) throws Exception {
        LiveScriptTarget target = open("epd/scripted");
        Map<String, String> before = state();
        Block block = model.getBlock();
        Plan plan = plan(target, draft -> {
            draft.assign("encoder.data.weight", Models.filled(io.graft.tensor.Shape.of(16, 8), 3));
            draft.freeze("encoder.data.bias");
            if (!inPlace) {
                draft.assign("latlons", Models.filled(io.graft.tensor.Shape.of(5, 4), 3));
            }
        });
        Commit commit = target.commit(plan);
        commit.rollBack();
        commit.close();
        assertEquals(before, state());
        assertSame(block, model.getBlock());
    }

    private static LazyTensor failing(io.graft.tensor.Shape shape) {
        return LazyTensors.joint(List.of(), List.of(new LazyTensors.Output("fails", DType.F32, shape)), () -> {
                    throw new IOException("gone");
                })
                .get(0);
    }

    @Test
    void aModelThatCannotBeChangedIsLoadedSoThatItCan() throws Exception {
        LiveScriptTarget target = open("m43/scripted", Map.of());
        Plan plan = plan(target, draft -> {
            fill(draft, "m43/full7.pt");
            draft.unfreeze("encoder.weight");
        });
        assertEquals(
                List.of("the program is loaded anew beside the open one, so that memory holds both for a time: it was"
                        + " loaded without trainParam"),
                target.refusals(plan).stream().map(Problem::message).toList());
        target.commit(plan).close();
        assertEquals(0, distance("m43/inputs.safetensors", "m43/outputs-full7.safetensors"), 1e-5);
        assertTrue(parameter("encoder.weight").requiresGradient());
        assertFalse(parameter("decoder.weight").requiresGradient());
    }

    @Test
    void anAdapterTrainsOnAnOpenProgram() throws Exception {
        LiveScriptTarget target = open("epd/traced");
        apply(target, draft -> {
            draft.tensors().stream()
                    .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                    .map(DraftTensor::name)
                    .toList()
                    .forEach(draft::freeze);
            draft.parametrize("processor.1.query.weight", "default", Methods.lora(16, 4, 16, 1, 0));
        });
        Map<String, String> before = state();
        Trainer trainer = trainer(new Shape(6, 8));
        float first = step(trainer, new Shape(6, 8));
        float last = first;
        for (int i = 0; i < 20; i++) {
            last = step(trainer, new Shape(6, 8));
        }
        trainer.close();
        assertTrue(last < first, first + " to " + last);
        Map<String, String> after = state();
        assertEquals(
                List.of("processor.1.query.lora_A.default", "processor.1.query.lora_B.default"),
                after.keySet().stream()
                        .filter(name -> !after.get(name).equals(before.get(name)))
                        .toList());
    }

    /** With its adapter, which is understood, and with values of the base, buffers and flags; whoever loads it goes on from there. */
    @ParameterizedTest
    @CsvSource({"epd/traced, true", "epd/scripted, true", "epd/scripted, false"})
    void aTrainedProgramIsSaved(String fixture, boolean byFile, @TempDir Path folder) throws Exception {
        LiveScriptTarget opened = open(fixture);
        LiveScriptTarget target = byFile ? opened : LiveScriptTarget.of(model);
        apply(target, draft -> {
            draft.tensors().stream()
                    .filter(tensor -> tensor.kind() == TensorKind.PARAMETER
                            && !tensor.name().startsWith("decoder"))
                    .map(DraftTensor::name)
                    .toList()
                    .forEach(draft::freeze);
            draft.parametrize("processor.1.query.weight", "default", Methods.lora(16, 4, 16, 1, 0));
        });
        Trainer trainer = trainer(new Shape(6, 8));
        for (int i = 0; i < 5; i++) {
            step(trainer, new Shape(6, 8));
        }
        trainer.close();
        target.activate(Map.of("default", 0.5));
        Report report = new Report(plan(target, draft -> {}), true, List.of(), List.of());
        try (ModifiedModel modified = ModifiedModel.of(target, report)) {
            Path file = modified.saveProgram(folder.resolve("saved")).path();
            assertEquals(folder.resolve("saved/model.pt"), file);
            Map<String, String> trained = state();
            try (Model loaded = Model.newInstance("loaded", "PyTorch")) {
                loaded.load(file.getParent(), file.getFileName().toString(), TRAINED);
                LiveScriptTarget again = LiveScriptTarget.of(loaded, file);
                assertEquals(0.5, again.draft().adapters().get(0).weight());
                assertEquals(
                        target.draft().tensors().stream()
                                .map(tensor -> tensor.name() + " " + tensor.trainable())
                                .toList(),
                        ScriptArchive.read(Checkpoint.open(file)).draft().tensors().stream()
                                .map(tensor -> tensor.name() + " " + tensor.trainable())
                                .toList());
                Block open = model.getBlock();
                float[] outputs = outputs(model, open);
                assertArrayEquals(outputs, outputs(loaded, loaded.getBlock()));
            }
            assertEquals(trained, state());
            assertEquals(
                    "the output folder `" + folder.resolve("saved") + "` exists",
                    assertThrows(OutputException.class, () -> modified.saveProgram(folder.resolve("saved")))
                            .getMessage()
                            .split(";")[0]);
        }
    }

    private static float[] outputs(Model model, Block block) {
        NDManager manager = model.getNDManager();
        NDArray input = manager.arange(6 * 8)
                .reshape(6, 8)
                .toType(DataType.FLOAT32, false)
                .mul(0.37f)
                .sin();
        return block.forward(new ParameterStore(manager, false), new NDList(input), false)
                .get(0)
                .toFloatArray();
    }

    /** Whatever the file says, and without one: an open program is what it is, with its adapters as they are. */
    @ParameterizedTest
    @CsvSource({"epd/traced", "epd/scripted"})
    void anAdapterOfAnOpenProgramIsSwitchedAndFolded(String fixture) throws Exception {
        LiveScriptTarget target = open(fixture);
        Parametrization lora = Methods.lora(16, 4, 16, 1, 0);
        NDList input = new NDList(
                model.getNDManager().arange(48f).reshape(6, 8).mul(0.37f).sin());
        float[] plain = outputs(input);
        apply(target, draft -> draft.parametrize("processor.1.query.weight", "default", lora));
        Block block = model.getBlock();
        float[] adapted = outputs(input);
        assertEquals(1, target.adapters().get(0).weight());
        assertTrue(distance(plain, adapted) > 1e-3);
        target.activate(Map.of());
        assertEquals(0, distance(plain, outputs(input)), 0);
        assertEquals(0, target.adapters().get(0).weight());
        IllegalArgumentException unknown =
                assertThrows(IllegalArgumentException.class, () -> target.activate(Map.of("other", 1.0)));
        assertEquals("the model has no adapter `other`; it has `default`", unknown.getMessage());
        target.activate(Map.of("default", 0.25));
        float[] quarter = outputs(input);
        target.release();
        // A later run weights it in its place, and folds what it is then.
        LiveScriptTarget later = LiveScriptTarget.of(model);
        assertEquals(0.25, later.adapters().get(0).weight());
        assertEquals(List.of(), later.refusals(plan(later, draft -> draft.activate(Map.of("default", 1.0)))));
        apply(later, draft -> draft.activate(Map.of("default", 1.0)));
        assertSame(block, model.getBlock());
        assertEquals(0, distance(adapted, outputs(input)), 0);
        apply(later, draft -> draft.activate(Map.of("default", 0.25)));
        Map<String, String> before = state();
        Commit commit = later.commit(plan(later, draft -> draft.foldAdapter("default")));
        commit.rollBack();
        assertEquals(before, state());
        apply(later, draft -> draft.foldAdapter("default"));
        assertEquals(0, distance(quarter, outputs(input)), 1e-6);
        assertEquals(List.of(), later.adapters());
        later.release();
        assertTrue(state().keySet().stream().noneMatch(name -> name.contains("default")));
    }

    private float[] outputs(NDList input) {
        return model.getBlock()
                .forward(new ParameterStore(model.getNDManager(), false), input, false)
                .get(0)
                .toFloatArray();
    }

    private static double distance(float[] one, float[] other) {
        double distance = 0;
        for (int i = 0; i < one.length; i++) {
            distance = Math.max(distance, Math.abs(one[i] - other[i]));
        }
        return distance;
    }

    /** PyTorch fails here without the property that a target of a program sets: its own graph for training is not run in inference. */
    /** The program with codes takes the place of the open one, which is closed; rolled back, the open one is as it was. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOpenProgramIsQuantized(boolean byFile) throws Exception {
        LiveScriptTarget target = open("torchscript/models/products-traced");
        target = byFile ? target : LiveScriptTarget.of(model);
        Consumer<ModelDraft> quantize = draft -> {
            io.graft.tensor.Shape shape = io.graft.tensor.Shape.of(64, 64);
            byte[] codes = new byte[64 * 64];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (byte) (i % 251);
            }
            LazyTensor scales = Methods.tensor(io.graft.tensor.Shape.of(64, 1), row -> 1e-3f * (row + 1));
            draft.parametrize(
                    "plain.weight",
                    new Methods.Int8(Methods.bytes(shape, codes), scales, Form.ScaledCodes.Kernel.DYNAMIC));
        };
        Plan plan = plan(target, quantize);
        assertEquals(
                List.of(
                        "the program is loaded anew beside the open one, so that memory holds both for a time: `plain.weight`"),
                target.refusals(plan).stream().map(Problem::message).toList());
        Map<String, String> before = state();
        Block open = model.getBlock();
        target.commit(plan).rollBack();
        assertSame(open, model.getBlock());
        assertEquals(before, state());
        target.commit(plan).close();
        assertNotSame(open, model.getBlock());
        assertThrows(RuntimeException.class, () -> run(open));
        assertFalse(state().containsKey("plain.weight"));
        float[] quantized = run(model.getBlock());
        apply(target, draft -> draft.foldStorage("plain.weight"));
        float[] exact = run(model.getBlock());
        double apart = 0;
        for (int i = 0; i < exact.length; i++) {
            apart = Math.max(apart, Math.abs(exact[i] - quantized[i]));
        }
        assertTrue(apart > 1e-6 && apart < 0.1, "a kernel rounds inputs: " + apart);
        target.release();
    }

    private float[] run(Block block) {
        NDManager manager = model.getNDManager();
        NDArray input = manager.arange(5 * 64)
                .reshape(5, 64)
                .toType(DataType.FLOAT32, false)
                .mul(0.37f)
                .sin();
        return block.forward(new ParameterStore(manager, false), new NDList(input), false)
                .get(0)
                .toFloatArray();
    }

    @Test
    void aTrainedProgramRunsInInference() throws Exception {
        LiveScriptTarget target = open("torchscript/models/pair");
        apply(target, draft -> draft.freeze("second.bias"));
        Trainer trainer = trainer(new Shape(5, 4));
        for (int i = 0; i < 4; i++) {
            step(trainer, new Shape(5, 4));
        }
        trainer.evaluate(new NDList(model.getNDManager().ones(new Shape(5, 4))));
        trainer.close();
        assertEquals("false", System.getProperty("ai.djl.pytorch.graph_optimizer"));
    }

    @Test
    void tiedNamesAreOneParameter() throws Exception {
        LiveScriptTarget target = open("torchscript/models/tied-scripted");
        apply(target, draft -> {
            draft.assign("head.weight", Models.filled(io.graft.tensor.Shape.of(5, 4), 2));
            draft.freeze("emb.weight");
        });
        assertEquals(2, parameter("emb.weight").getArray().toFloatArray()[0]);
        assertFalse(parameter("emb.weight").requiresGradient());
        apply(target, draft -> draft.cast("emb.weight", DType.F64));
        assertEquals(DataType.FLOAT64, parameter("emb.weight").getArray().getDataType());
        assertFalse(parameter("emb.weight").requiresGradient());
    }

    @Test
    void schedulesAreRefused() throws Exception {
        LiveScriptTarget target = open("m43/scripted");
        Plan plan = plan(
                target,
                draft -> draft.train(
                        "encoder.weight",
                        Trainability.during(
                                Optional.of(new Trainability.Moment(Trainability.Unit.EPOCH, 3)), Optional.empty())));
        assertEquals(
                List.of(
                        "an open program is trained as it is committed, all the time or not at all: `encoder.weight` would"
                                + " be trained from epoch 3"),
                target.refusals(plan).stream().map(Problem::message).toList());
    }

    @Test
    void anotherArchiveIsRefused() throws Exception {
        open("m43/scripted");
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> LiveScriptTarget.of(model, Archives.path("epd/scripted")));
        assertEquals(
                "the open model was loaded from another archive than `" + Archives.path("epd/scripted")
                        + "`: `encoder.data.weight` is F32 [16, 8] in the file and nothing in the model",
                refused.getMessage());
    }

    @Test
    void theFileIsNotTouched() throws Exception {
        LiveScriptTarget target = open("m43/scripted");
        byte[] before = Files.readAllBytes(Archives.path("m43/scripted"));
        apply(target, draft -> draft.cast("encoder.weight", DType.F64));
        assertEquals(0, java.util.Arrays.compare(before, Files.readAllBytes(Archives.path("m43/scripted"))));
        assertEquals(
                "torchscript", Checkpoint.open(Archives.path("m43/scripted")).content());
    }

    private Trainer trainer(Shape input) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(0.02f))
                        .build()));
        trainer.initialize(input);
        return trainer;
    }

    private static float step(Trainer trainer, Shape input) {
        NDManager manager = trainer.getManager();
        NDArray data = manager.arange((int) input.size())
                .reshape(input)
                .toType(DataType.FLOAT32, false)
                .mul(0.37f)
                .sin();
        try (GradientCollector gradients = trainer.newGradientCollector()) {
            NDArray output = trainer.forward(new NDList(data)).singletonOrThrow();
            NDArray loss = output.sub(1).square().mean();
            gradients.backward(loss);
            trainer.step();
            return loss.getFloat();
        }
    }
}
