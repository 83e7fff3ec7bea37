package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference scenarios in the memory of an engine. Letters and numbers are their ids. */
class LiveScenariosTest {
    private static final Shape INPUT = new Shape(6, 8);
    private static final String BOTH =
            "type = lora, rank = 2, alpha = 4, target-modules = [\"0\", \"2\"], init = random";

    private Model model = Model.newInstance("network", "PyTorch");

    @AfterEach
    void close() {
        model.close();
    }

    private Block open() {
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(3).build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        model.setBlock(block);
        return block;
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
            NDArray input = scope.arange(48f).sin().reshape(INPUT);
            return block.forward(new ParameterStore(scope, false), new NDList(input), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private void shift(ModifiedModel modified, String factor) {
        Parameter parameter = modified.parameters().get(factor);
        NDArray array = parameter.getArray();
        array.set(array.add(1).toFloatArray());
        modified.invalidate();
    }

    /** P58: what is folded is a copy of what was adapted, whatever happens to the adapter, and the other way round. */
    @Test
    void aFoldedModelIsIndependent() {
        Block base = open();
        float[] before = outputs(base);
        ModifiedModel modified = run(BOTH);
        float[] adapted = outputs(modified.block());
        Block folded = modified.folded();
        float[] copied = outputs(folded);
        shift(modified, "0.lora_B.default");
        float[] moved = outputs(modified.block());
        assertFalse(Arrays.equals(adapted, moved));
        assertArrayEquals(copied, outputs(folded));
        folded.clear();
        assertArrayEquals(moved, outputs(modified.block()));
        modified.activate(Map.of());
        assertArrayEquals(before, outputs(modified.block()));
    }

    /** P29: every parameter has its array, of its shape, as soon as the adapter is there. */
    @Test
    void everyParameterHasItsStorage() {
        open();
        ModifiedModel modified = run(BOTH);
        assertEquals(
                new TreeSet<>(List.of(
                        "0.bias",
                        "0.lora_A.default",
                        "0.lora_B.default",
                        "0.weight",
                        "2.bias",
                        "2.lora_A.default",
                        "2.lora_B.default",
                        "2.weight")),
                new TreeSet<>(modified.parameters().keySet()));
        modified.parameters().forEach((name, parameter) -> {
            assertTrue(parameter.isInitialized(), name);
            assertEquals(parameter.getShape().size(), parameter.getArray().toFloatArray().length, name);
        });
    }

    /** P46: the row that is padding takes no gradient, factored or not, and the scale of the embedding counts for the update too. */
    @ParameterizedTest
    @ValueSource(strings = {"padded-scripted", "padded-traced"})
    void paddingStaysAsItIs(String program) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Path file = Fixtures.file("programs/" + program + ".pt");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        float[] base = tokens();
        ModelModifierApplier.create()
                .model(model, file)
                .configuration(
                        ConfigFactory.parseString(
                                "graft.modifiers = [{ type = lora, rank = 2, target-modules = [emb], layers { emb = embedding } }]"))
                .run();
        assertArrayEquals(base, tokens(), 1e-6f);
        train();
        float[] trained = tokens();
        for (int i = 0; i < 9; i++) {
            boolean isPadding = i < 3;
            if (isPadding) {
                assertEquals(base[i], trained[i], "output " + i);
            } else {
                assertTrue(Math.abs(base[i] - trained[i]) > 1e-4, "output " + i);
            }
        }
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray a = parameter("lora_embedding_A").toType(DataType.FLOAT32, true);
            a.attach(scope);
            assertEquals(0f, a.get(":, 1").abs().sum().getFloat());
            assertTrue(a.get(":, 4").abs().sum().getFloat() > 0);
            NDArray b = parameter("lora_embedding_B").toType(DataType.FLOAT32, true);
            b.attach(scope);
            NDArray weight = parameter("lin.weight").toType(DataType.FLOAT32, true);
            weight.attach(scope);
            // alpha 8 of rank 2, and the scale 2 of the embedding
            float[] update = a.get(":, 4")
                    .expandDims(0)
                    .matMul(b.transpose())
                    .mul(4 * 2)
                    .matMul(weight.transpose())
                    .toFloatArray();
            for (int i = 0; i < 3; i++) {
                assertEquals(base[3 + i] + update[i], trained[3 + i], 1e-5f);
            }
        }
    }

    private NDArray parameter(String part) {
        for (var parameter : model.getBlock().getParameters()) {
            if (parameter.getKey().contains(part)) {
                return parameter.getValue().getArray();
            }
        }
        throw new AssertionError(
                part + " in " + model.getBlock().getParameters().keys());
    }

    private static NDList ids(NDManager manager) {
        return new NDList(manager.create(new long[] {1, 4, 2}, new Shape(1, 3)));
    }

    private float[] tokens() {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            return model.getBlock()
                    .forward(new ParameterStore(scope, false), ids(scope), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private void train() {
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.1f))
                        .build()))) {
            for (int step = 0; step < 3; step++) {
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    collector.backward(
                            trainer.forward(ids(scope)).get(0).square().mean());
                }
                trainer.step();
            }
        }
    }
}
