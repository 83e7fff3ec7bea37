package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.BlockTarget;
import io.graft.djl.ModifiedModel;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters on weights of other widths than their own, in the memory of an engine. Letters and numbers are ids of the reference scenarios. */
class HalfPrecisionTest {
    private static final Shape INPUT = new Shape(6, 8);
    private static final String BOTH = "type = lora, rank = 2, alpha = 4, target-modules = [\"0\", \"2\"]";

    private Model model = Model.newInstance("network", "PyTorch");

    @AfterEach
    void close() {
        model.close();
    }

    private Block open(DataType type) {
        Block block = layers();
        block.initialize(model.getNDManager(), type, INPUT);
        model.setBlock(block);
        return block;
    }

    private static Block layers() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(3).build());
    }

    private void open(String program) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Path file = Fixtures.file("programs/" + program + ".pt");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
    }

    private ModifiedModel run(String... modifiers) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [ { " + String.join(" }, { ", modifiers) + " } ]"))
                .run();
    }

    private void change(Consumer<ModelDraft> edit) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        edit.accept(draft);
        ModifierRecord record =
                new ModifierRecord(0, "test", "test", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        Plan plan = new Plan(target.ref(), List.of(record), List.copyOf(draft.tensors()), List.of());
        target.commit(plan, new ValueWatch()).close();
    }

    /** As long as something is frozen, the block that it is in is wrapped in one that keeps it so. */
    private static void unfreeze(ModelDraft draft) {
        draft.tensors().forEach(tensor -> draft.unfreeze(tensor.name()));
    }

    private static NDArray input(NDManager scope, DataType type) {
        return scope.arange(48f).sin().reshape(INPUT).toType(type, false);
    }

    private float[] outputs(Block block, DataType type) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray output = block.forward(new ParameterStore(scope, false), new NDList(input(scope, type)), false)
                    .get(0);
            assertEquals(type, output.getDataType());
            return floats(output);
        }
    }

    private static float[] floats(NDArray array) {
        try (NDArray wide = array.toType(DataType.FLOAT32, true)) {
            return wide.toFloatArray();
        }
    }

    private static Map<String, float[]> values(Map<String, Parameter> parameters) {
        Map<String, float[]> values = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> values.put(name, floats(parameter.getArray())));
        return values;
    }

    private void train(DataType type) {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.5f))
                        .build()))) {
            for (int step = 0; step < 3; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray output =
                            trainer.forward(new NDList(input(scope, type))).get(0);
                    collector.backward(output.square().mean());
                }
                trainer.step();
            }
        }
    }

    /** P12: factors have 32 bits at least, the weight keeps its type, and so does what comes out; the factors alone are trained. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, FLOAT32, use-dora = false",
        "FLOAT16, FLOAT32, use-dora = false",
        "FLOAT16, FLOAT32, use-dora = true",
        "FLOAT16, FLOAT32, init = pissa"
    })
    void aBlock(DataType type, DataType ofFactors, String options) {
        Block before = open(type);
        float[] base = outputs(before, type);
        ModifiedModel modified = run(BOTH + ", " + options);
        assertArrayEquals(base, outputs(modified.block(), type), 5e-3f);
        Map<String, float[]> started = values(modified.parameters());
        train(type);
        Map<String, float[]> trained = values(modified.parameters());
        modified.parameters().forEach((name, parameter) -> {
            boolean isOfAdapter = name.contains(".lora_");
            assertEquals(isOfAdapter ? ofFactors : type, parameter.getArray().getDataType(), name);
            assertEquals(!isOfAdapter, Arrays.equals(started.get(name), trained.get(name)), name);
        });
        float[] adapted = outputs(modified.block(), type);
        assertFalse(Arrays.equals(base, adapted));
        assertArrayEquals(adapted, outputs(modified.folded(), type));
        modified.activate(Map.of());
        assertArrayEquals(base, outputs(modified.block(), type));
    }

    /** P12: where the code of a program computes, DJL does not need a name for the type. */
    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "float16"})
    void aProgram(String type) throws Exception {
        open(type);
        float[] base = outputs(model.getBlock(), DataType.FLOAT32);
        ModifiedModel modified = ModelModifierApplier.create()
                .model(model, Fixtures.file("programs/" + type + ".pt"))
                .configuration(ConfigFactory.parseString(
                        "graft.modifiers = [{ type = lora, rank = 2, alpha = 4, target-modules = [first, second] }]"))
                .run();
        assertArrayEquals(base, outputs(modified.block(), DataType.FLOAT32));
        train(DataType.FLOAT32);
        float[] trained = outputs(modified.block(), DataType.FLOAT32);
        assertFalse(Arrays.equals(base, trained));
        DataType ofWeight = type.equals("float16") ? DataType.FLOAT16 : DataType.UNKNOWN;
        modified.parameters()
                .forEach((name, parameter) -> assertEquals(
                        name.contains(".lora_") ? DataType.FLOAT32 : ofWeight,
                        parameter.getArray().getDataType(),
                        name));
        modified.activate(Map.of());
        assertArrayEquals(base, outputs(modified.block(), DataType.FLOAT32));
    }

    /** P12: a native block of bfloat16 is refused before anything is computed with it, which could end the JVM. */
    @Test
    void aBlockOfBfloat16IsRefused() throws Exception {
        open("bfloat16");
        Linear layer = Linear.builder().setUnits(8).build();
        for (String name : List.of("weight", "bias")) {
            NDArray array =
                    model.getBlock().getParameters().get("first." + name).getArray();
            layer.getDirectParameters().get(name).setArray(array);
        }
        Block block = new SequentialBlock().add(layer);
        GraftException refused = assertThrows(
                GraftException.class,
                () -> ModelModifierApplier.create()
                        .model(block)
                        .configuration(ConfigFactory.parseString(
                                "graft.modifiers = [{ type = lora, rank = 2, target-modules = [\"0\"] }]"))
                        .run());
        assertEquals(
                "error[unsupported-change]: `0.weight` is of a type that DJL has no name for, as it has none for bfloat16,"
                        + " so that its values cannot be read: give the block arrays of float32 before it is modified",
                refused.getMessage());
    }

    /** P16: nothing of the adapter is left, and the block is saved and loaded as one that never had any. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT32", "FLOAT16"})
    void aFoldedBlockHasNothingOfTheAdapter(DataType type) throws Exception {
        Block block = open(type);
        List<String> names = block.getParameters().keys();
        float[] adapted = outputs(run(BOTH + ", init = random").block(), type);
        change(draft -> {
            draft.foldAdapter("default");
            unfreeze(draft);
        });
        assertSame(block, model.getBlock());
        assertEquals(names, block.getParameters().keys());
        assertEquals(List.of(), BlockTarget.of(model).draft().adapters());
        assertArrayEquals(adapted, outputs(block, type));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(bytes));
        Block loaded = layers();
        loaded.loadParameters(model.getNDManager(), new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertArrayEquals(adapted, outputs(loaded, type));
    }

    /** P39: one that is active, and one that is not. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, default", "FLOAT32, other", "FLOAT16, default", "FLOAT16, other"})
    void anAdapterIsTakenOff(DataType type, String which) throws IOException {
        Block block = open(type);
        float[] base = outputs(block, type);
        float[] adapted = outputs(
                run(BOTH + ", init = random", BOTH + ", init = random, adapter = other, weight = 0")
                        .block(),
                type);
        change(draft -> draft.unparametrize(which));
        List<String> left = BlockTarget.of(model).draft().adapters().stream()
                .map(Adapter::name)
                .toList();
        assertEquals(which.equals("other") ? List.of("default") : List.of("other"), left);
        assertArrayEquals(which.equals("other") ? adapted : base, outputs(model.getBlock(), type));
        assertTrue(model.getBlock().getParameters().keys().stream().noneMatch(name -> name.endsWith("." + which)));
        change(draft -> {
            draft.unparametrize(left.get(0));
            unfreeze(draft);
        });
        assertSame(block, model.getBlock());
        assertArrayEquals(base, outputs(block, type));
    }

    /** P39: one that is not there, or is a part of the weights by now. */
    @Test
    void anAdapterThatIsNotThereIsNotTakenOff() throws IOException {
        open(DataType.FLOAT16);
        float[] adapted = outputs(run(BOTH + ", init = random").block(), DataType.FLOAT16);
        assertEquals(
                "the model has no adapter `othr`; it has `default`",
                assertThrows(IllegalArgumentException.class, () -> change(draft -> draft.unparametrize("othr")))
                        .getMessage());
        assertArrayEquals(adapted, outputs(model.getBlock(), DataType.FLOAT16));
        change(draft -> draft.foldAdapter("default"));
        assertEquals(
                "the model has no adapter `default`; it has none",
                assertThrows(IllegalArgumentException.class, () -> change(draft -> draft.unparametrize("default")))
                        .getMessage());
        assertArrayEquals(adapted, outputs(model.getBlock(), DataType.FLOAT16));
    }
}
