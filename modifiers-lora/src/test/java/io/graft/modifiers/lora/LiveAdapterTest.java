package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.djl.ModifiedModel;
import io.graft.model.parametrization.Adapter;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters on a native block, in the memory of an engine. Letters and numbers are the ids of the reference scenarios. */
class LiveAdapterTest {
    private static final Shape INPUT = new Shape(5, 1, 6, 6);

    @TempDir
    Path folder;

    private Model model;

    /** A convolution with dilation, and two linear layers. */
    @BeforeEach
    void open() {
        model = Model.newInstance("network", "PyTorch");
        model.setBlock(new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(2, 2))
                        .optDilation(new Shape(2, 2))
                        .setFilters(4)
                        .build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(2).build()));
        model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private ModifiedModel run(String... modifiers) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [ { " + String.join(" }, { ", modifiers) + " } ]"))
                .run();
    }

    private float[] outputs(Block block) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            ParameterStore store = new ParameterStore(scope, false);
            return block.forward(store, new NDList(input(scope)), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private static NDArray input(NDManager manager) {
        return manager.arange(180f).sin().reshape(INPUT);
    }

    private Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.getBlock()
                .getParameters()
                .forEach(parameter -> values.put(
                        parameter.getKey(), parameter.getValue().getArray().toFloatArray()));
        return values;
    }

    private void train(int steps) {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.5f))
                        .build()))) {
            trainer.initialize(INPUT);
            for (int step = 0; step < steps; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDList output = trainer.forward(new NDList(input(scope)));
                    collector.backward(output.singletonOrThrow().square().mean());
                }
                trainer.step();
            }
        }
    }

    /** P1, P22 and P21: factored, as a whole, and with a trained length. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "target-modules = [\"3\", \"5\"]",
                "target-modules = [\"3\"], dropout = 0.2",
                "target-modules = [\"0\", \"3\"]",
                "target-modules = [\"3\", \"5\"], use-dora = true",
                "target-modules = all-linear, use-rslora = true, init = orthogonal",
                "target-modules = [\"3\"], bias = all, modules-to-save = [\"5\"]"
            })
    void onlyTheAdapterIsTrained(String options) {
        assertOnlyTheAdapterIsTrained("type = lora, rank = 2, alpha = 4, " + options);
    }

    /** P23: a forward that is computed again for its gradients, as checkpointing does it, gives each factor the same one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "target-modules = [\"0\", \"3\", \"5\"]",
                "target-modules = [\"3\", \"5\"], use-dora = true",
                "target-modules = [\"3\"], bias = all"
            })
    void aForwardThatIsComputedAgainGivesTheSameGradients(String options) {
        run("type = lora, rank = 2, init = random, " + options);
        Map<String, float[]> once = gradients(false);
        Map<String, float[]> again = gradients(true);
        assertEquals(once.keySet(), again.keySet());
        assertEquals(
                model.getBlock().getParameters().stream()
                        .filter(parameter -> parameter.getKey().contains("default"))
                        .map(parameter -> parameter.getKey())
                        .collect(Collectors.toSet()),
                once.keySet());
        once.forEach((name, gradient) -> assertArrayEquals(gradient, again.get(name), name));
    }

    /** Those that are not zero, by parameter. */
    private Map<String, float[]> gradients(boolean again) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        try (Trainer trainer =
                model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()).optDevices(new Device[] {Device.cpu()}))) {
            trainer.initialize(INPUT);
            try (NDManager scope = trainer.getManager().newSubManager()) {
                NDList input = new NDList(input(scope));
                if (again) {
                    trainer.forward(input).close();
                }
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    collector.zeroGradients();
                    collector.backward(
                            trainer.forward(input).singletonOrThrow().square().mean());
                }
                for (var parameter : model.getBlock().getParameters()) {
                    NDArray array = parameter.getValue().getArray();
                    if (array.hasGradient()) {
                        float[] gradient = array.getGradient().toFloatArray();
                        if (!Arrays.equals(gradient, new float[gradient.length])) {
                            gradients.put(parameter.getKey(), gradient);
                        }
                    }
                }
            }
        }
        return gradients;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = adapter, method = ia3, target-modules = [\"0\", \"3\", \"5\"],"
                        + " settings { feedforward_modules = [\"3\"] }",
                "type = adapter, method = vera, target-modules = [\"3\", \"5\"], settings { r = 3 }",
                "type = adapter, method = lokr, target-modules = [\"0\", \"3\", \"5\"],"
                        + " settings { r = 2, decompose_both = true }, modules-to-save = []"
            })
    void soItIsWithOtherMethods(String modifier) throws IOException {
        Block before = model.getBlock();
        assertOnlyTheAdapterIsTrained(modifier);
        ModifiedModel modified = run(modifier);
        train(2);
        float[] trained = outputs(modified.block());
        AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("adapter"));
        model.setBlock(before);
        ModifiedModel loaded = run("type = lora, adapter-path = \"" + folder.resolve("adapter") + "\"");
        assertArrayEquals(trained, outputs(loaded.block()), 1e-6f);
    }

    private void assertOnlyTheAdapterIsTrained(String modifier) {
        Block before = model.getBlock();
        Map<String, float[]> base = values();
        float[] expected = outputs(before);
        ModifiedModel modified = run(modifier);
        assertArrayEquals(expected, outputs(modified.block()), 1e-5f);
        Map<String, float[]> started = values();
        train(3);
        int moved = 0;
        for (Map.Entry<String, float[]> parameter : values().entrySet()) {
            boolean isOfAdapter = parameter.getKey().contains("default")
                    && !parameter.getKey().contains("vera_A")
                    && !parameter.getKey().contains("vera_B");
            Parameter now = model.getBlock().getParameters().get(parameter.getKey());
            assertEquals(isOfAdapter, now.requiresGradient(), parameter.getKey());
            if (isOfAdapter) {
                moved += Arrays.equals(started.get(parameter.getKey()), parameter.getValue()) ? 0 : 1;
            } else {
                assertArrayEquals(started.get(parameter.getKey()), parameter.getValue(), parameter.getKey());
            }
        }
        assertTrue(moved > 1);
        float[] trained = outputs(modified.block());
        assertFalse(Arrays.equals(expected, trained));
        modified.activate(Map.of());
        assertArrayEquals(expected, outputs(modified.block()));
        modified.activate(Map.of("default", 1.0));
        assertArrayEquals(trained, outputs(modified.block()), 1e-6f);
        modified.close();
        model.setBlock(before);
        base.forEach((name, values) -> assertArrayEquals(
                values, before.getParameters().get(name).getArray().toFloatArray(), name));
    }

    /** P24 and P57: what was trained is saved, and computes the same where it is loaded. */
    @Test
    void whatWasTrainedIsSavedAndLoaded() throws IOException {
        Block before = model.getBlock();
        ModifiedModel modified =
                run("type = lora, rank = 2, alpha = 4, target-modules = [\"0\", \"3\", \"5\"], bias = all");
        train(3);
        float[] trained = outputs(modified.block());
        List<WrittenFile> files = AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("adapter"));
        assertEquals(
                List.of("adapter_model.safetensors", "adapter_config.json"),
                files.stream().map(file -> file.path().getFileName().toString()).toList());
        ModelFixture.read(folder.resolve("adapter/adapter_model.safetensors"))
                .apply((draft, context) -> {})
                .hasNames(
                        "base_model.model.0.base_layer.bias",
                        "base_model.model.0.lora_A.weight",
                        "base_model.model.0.lora_B.weight",
                        "base_model.model.3.base_layer.bias",
                        "base_model.model.3.lora_A.weight",
                        "base_model.model.3.lora_B.weight",
                        "base_model.model.5.base_layer.bias",
                        "base_model.model.5.lora_A.weight",
                        "base_model.model.5.lora_B.weight");
        model.setBlock(before);
        ModifiedModel loaded = run("type = lora, adapter-path = \"" + folder.resolve("adapter") + "\"");
        assertArrayEquals(trained, outputs(loaded.block()), 1e-6f);
        assertThrows(
                IOException.class,
                () -> AdapterSaver.peft().save(loaded.adapters().get(0), folder.resolve("adapter")));
    }

    /** P21 and P17: two by name, each as if it stood alone, both, none. */
    @Test
    void severalAreSwitchedByName() {
        float[] base = outputs(model.getBlock());
        ModifiedModel modified = run(
                "type = lora, rank = 2, target-modules = [\"3\"], init = random",
                "type = lora, rank = 1, target-modules = [\"3\", \"5\"], init = random, adapter = other");
        assertEquals(
                List.of("default", "other"),
                modified.adapters().stream().map(Adapter::name).toList());
        modified.activate(Map.of("default", 1.0));
        float[] first = outputs(modified.block());
        modified.activate(Map.of("other", 1.0));
        float[] second = outputs(modified.block());
        assertNotEquals(first[0], second[0]);
        modified.activate(Map.of("other", -0.5, "default", 2.0));
        assertNotEquals(second[0], outputs(modified.block())[0]);
        modified.activate(Map.of("default", 1.0));
        assertArrayEquals(first, outputs(modified.block()));
        assertTrue(modified.cachedBytes() > 0);
        modified.activate(Map.of());
        assertArrayEquals(base, outputs(modified.block()));
        assertEquals(
                "the model has no adapter `third`; it has `default`, `other`",
                assertThrows(IllegalArgumentException.class, () -> modified.activate(Map.of("third", 1.0)))
                        .getMessage());
    }

    /** P17: both at once are the two merged one after the other, in either order, and switched off they leave the base. */
    @Test
    void severalAtOnceAreWhatMergesOneAfterTheOther() throws IOException {
        Block before = model.getBlock();
        float[] base = outputs(before);
        ModifiedModel modified = run(
                "type = lora, rank = 2, target-modules = [\"0\", \"3\"], init = random",
                "type = lora, rank = 1, target-modules = [\"3\", \"5\"], init = random, adapter = other");
        float[] both = outputs(modified.block());
        assertFalse(Arrays.equals(base, both));
        String[] merges = new String[2];
        for (int i = 0; i < merges.length; i++) {
            Path saved = folder.resolve("adapter-" + i);
            AdapterSaver.peft().save(modified.adapters().get(i), saved);
            merges[i] = "type = lora-merge, adapter-path = \"" + saved + "\"";
        }
        modified.activate(Map.of());
        assertArrayEquals(base, outputs(modified.block()));
        for (String[] order : List.of(merges, new String[] {merges[1], merges[0]})) {
            model.setBlock(before);
            Map<String, float[]> values = values();
            run(order);
            assertArrayEquals(both, outputs(model.getBlock()), 1e-5f);
            values.forEach(
                    (name, array) -> before.getParameters().get(name).getArray().set(array));
        }
    }

    /** P11 and section 10: beside the weight and folded into it, of a convolution with dilation too, whose branch PEFT runs without. */
    @ParameterizedTest
    @ValueSource(strings = {"init = random", "use-dora = true, init = random"})
    void foldedComputesTheSame(String options) {
        float[] base = outputs(model.getBlock());
        ModifiedModel modified = run("type = lora, rank = 2, target-modules = [\"0\", \"3\", \"5\"], " + options);
        float[] adapted = outputs(modified.block());
        assertFalse(Arrays.equals(base, adapted));
        assertArrayEquals(adapted, outputs(modified.folded()), 1e-5f);
    }

    /** I7 of the general scenarios: one step is enough to tell, and the parameters are the base's. */
    @Test
    void i7WhatIsTrainedAndMergedComputesTheSame() throws IOException {
        Block before = model.getBlock();
        Set<String> names = values().keySet();
        float[] base = outputs(before);
        ModifiedModel modified = run("type = lora, rank = 2, target-modules = [\"0\", \"3\", \"5\"]");
        train(1);
        float[] trained = outputs(modified.block());
        assertFalse(Arrays.equals(base, trained));
        AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("adapter"));
        model.setBlock(before);
        ModifiedModel merged = run("type = lora-merge, adapter-path = \"" + folder.resolve("adapter") + "\"");
        assertArrayEquals(trained, outputs(merged.block()), 1e-6f);
        assertEquals(names, values().keySet());
    }

    /** P8: what is taken out of a weight leaves it as it is. */
    @Test
    void theBaseOfPissaStays() {
        Block before = model.getBlock();
        float[] expected = outputs(before);
        Map<String, float[]> base = values();
        ModifiedModel modified = run("type = lora, rank = 2, target-modules = [\"3\"], init = pissa");
        assertArrayEquals(expected, outputs(modified.block()), 1e-5f);
        train(1);
        assertFalse(Arrays.equals(expected, outputs(modified.block())));
        modified.activate(Map.of());
        assertArrayEquals(expected, outputs(modified.block()));
        base.forEach((name, values) -> assertArrayEquals(
                values, before.getParameters().get(name).getArray().toFloatArray(), name));
    }

    /** A new adapter and one that was trained before, by one rule. */
    @Test
    void inputsOfConvolutionsAreNotDroppedWhichIsTold() throws IOException {
        Block before = model.getBlock();
        String told =
                "the inputs of convolutions are not dropped, and PEFT drops them: `0` are trained without the dropout of"
                        + " 0.1";
        ModifiedModel modified = run("type = lora, rank = 2, target-modules = [\"0\", \"3\"], dropout = 0.1");
        assertTrue(modified.report().plan().modifiers().get(0).warnings().contains(told));
        AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("adapter"));
        model.setBlock(before);
        ModifiedModel loaded = run("type = lora, adapter-path = \"" + folder.resolve("adapter") + "\"");
        assertTrue(loaded.report().plan().modifiers().get(0).warnings().contains(told));
    }

    @Test
    void aRunThatWritesNothingDoesNotComplainOfTheAdaptersFiles() {
        ModifiedModel modified = run("type = lora, rank = 2, target-modules = [\"3\"]");
        assertEquals(List.of(), modified.report().plan().problems());
    }
}
