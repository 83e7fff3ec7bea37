package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.model.parametrization.Adapter;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P43: an adapter gives way to another one of its name, on a model that stays loaded. */
class HotSwapTest {
    private static final Shape INPUT = new Shape(6, 8);

    @TempDir
    Path folder;

    private Model model;

    @AfterEach
    void close() {
        model.close();
    }

    private Block openBlock() {
        model = Model.newInstance("network", "PyTorch");
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(3).build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        model.setBlock(block);
        return block;
    }

    private void openProgram(String program) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        Path file = Fixtures.file("programs/" + program + ".pt");
        if (model != null) {
            model.close();
        }
        model = Model.newInstance("net", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
    }

    private ModifiedModel run(String modifier) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [{ " + modifier + " }]"))
                .run();
    }

    private static String load(Path adapter) {
        return "type = lora, replace = true, adapter-path = \"" + adapter + "\"";
    }

    private float[] outputs() {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray input = scope.arange(48f).sin().reshape(INPUT);
            return model.getBlock()
                    .forward(new ParameterStore(scope, false), new NDList(input), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private Path save(ModifiedModel modified, String name) throws IOException {
        Path saved = folder.resolve(name);
        AdapterSaver.peft().save(modified.adapters().get(0), saved);
        return saved;
    }

    /** With the rank, alpha, targets and method of the other one, as if it had been loaded first; and nothing of the base moves. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = lora, rank = 2, target-modules = [\"0\"], init = random, seed = 5",
                "type = lora, rank = 5, alpha = 40, target-modules = [\"0\", \"2\"], init = random",
                "type = lora, rank = 3, alpha-pattern { \"2\" = 3 }, target-modules = [\"2\"], init = random, use-rslora = true",
                "type = lora, rank = 2, target-modules = [\"2\"], init = random, use-dora = true",
                "type = lora, rank = 2, target-modules = [\"0\"], init = random, seed = 5, modules-to-save = [\"2\"]",
                "type = adapter, method = vera, target-modules = [\"0\", \"2\"], settings { r = 3, d_initial = 2 }"
            })
    void anAdapterGivesWayOnABlock(String other) throws IOException {
        Block base = openBlock();
        float[] expected = outputs();
        Path swapped = save(run(other), "swapped");
        float[] alone = outputs();
        model.setBlock(base);
        ModifiedModel first = run("type = lora, rank = 2, target-modules = [\"0\"], init = random");
        assertFalse(Arrays.equals(alone, outputs()));
        Block block = first.block();
        ModifiedModel now = run(load(swapped));
        assertSame(block, now.block());
        assertArrayEquals(alone, outputs(), 1e-6f);
        assertEquals(
                List.of("default"), now.adapters().stream().map(Adapter::name).toList());
        now.activate(Map.of());
        assertArrayEquals(expected, outputs());
        now.close();
    }

    /** One of two: the other one keeps its place and its weight. */
    @Test
    void theOthersStay() throws IOException {
        Block base = openBlock();
        Path swapped = save(run("type = lora, rank = 3, target-modules = [\"2\"], init = random"), "swapped");
        model.setBlock(base);
        run("type = lora, rank = 2, target-modules = [\"0\"], init = random");
        run("type = lora, rank = 2, target-modules = [\"0\", \"2\"], init = random, adapter = other, weight = 0.5");
        ModifiedModel now = run(load(swapped));
        Map<String, Double> weights = new TreeMap<>();
        now.adapters().forEach(adapter -> weights.put(adapter.name(), adapter.weight()));
        assertEquals(Map.of("default", 1.0, "other", 0.5), weights);
        assertEquals(
                List.of("0.lora_A.other", "0.lora_B.other", "2.lora_A.default", "2.lora_A.other", "2.lora_B.default"),
                now.parameters().keySet().stream()
                        .filter(name -> name.contains("lora"))
                        .sorted()
                        .limit(5)
                        .toList());
    }

    /** P43: a key that is missing or unexpected leaves the one that is there, active and bit for bit. */
    @ParameterizedTest
    @ValueSource(strings = {"missing", "unexpected"})
    void aFailureLeavesTheOldOne(String flaw) throws IOException {
        openBlock();
        ModifiedModel first = run("type = lora, rank = 2, target-modules = [\"0\"], init = random");
        float[] before = outputs();
        ModelFixture tensors =
                ModelFixture.empty().with("base_model.model.0.lora_A.weight", io.graft.tensor.Shape.of(2, 8), 1);
        if (flaw.equals("unexpected")) {
            tensors = tensors.with("base_model.model.0.lora_B.weight", io.graft.tensor.Shape.of(8, 2), 1)
                    .with("base_model.model.7.lora_A.weight", io.graft.tensor.Shape.of(2, 8), 1)
                    .with("base_model.model.7.lora_B.weight", io.graft.tensor.Shape.of(8, 2), 1);
        }
        Path adapter = Fixtures.adapter(folder, tensors, "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}");
        assertThrows(GraftException.class, () -> run(load(adapter)));
        assertArrayEquals(before, outputs());
        assertEquals(
                List.of("default"), first.adapters().stream().map(Adapter::name).toList());
    }

    /** What is there needs no replacing. */
    @Test
    void aFirstOneReplacesNothing() throws IOException {
        Block base = openBlock();
        Path saved = save(run("type = lora, rank = 2, target-modules = [\"0\"], init = random"), "saved");
        float[] adapted = outputs();
        model.setBlock(base);
        run(load(saved));
        assertArrayEquals(adapted, outputs(), 1e-6f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epd-scripted", "epd-traced"})
    void anAdapterGivesWayInAProgram(String program) throws Exception {
        openProgram(program);
        float[] expected = outputs();
        Path swapped = save(
                run("type = lora, rank = 3, alpha = 9, target-modules = [query, \"decoder.data\"], init = random"),
                "swapped");
        float[] alone = outputs();
        openProgram(program);
        run("type = lora, rank = 2, target-modules = [query], init = random");
        assertFalse(Arrays.equals(alone, outputs()));
        ModifiedModel now = run(load(swapped));
        assertArrayEquals(alone, outputs(), 1e-6f);
        now.activate(Map.of());
        assertArrayEquals(expected, outputs());
        assertTrue(now.parameters().keySet().stream().anyMatch(name -> name.contains("lora_A")));
        assertThrows(GraftException.class, () -> run(load(folder.resolve("nothing"))));
        assertArrayEquals(expected, outputs());
    }
}
