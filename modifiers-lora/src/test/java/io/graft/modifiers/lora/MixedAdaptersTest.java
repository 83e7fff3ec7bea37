package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.model.parametrization.Adapter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P42: adapters of LoRA in one batch, each on rows of its own. */
class MixedAdaptersTest {
    private static final Shape INPUT = new Shape(4, 8);

    private Model model;

    @AfterEach
    void close() {
        model.close();
    }

    private ModifiedModel run(String... modifiers) {
        model = Model.newInstance("network", "PyTorch");
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(3).build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        model.setBlock(block);
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [ { type = lora, rank = 2, init = random, "
                        + String.join(" }, { type = lora, rank = 2, init = random, ", modifiers) + " } ]"))
                .run();
    }

    private float[][] rows(Block block) {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray input = scope.arange(32f).sin().reshape(INPUT);
            NDArray output = block.forward(new ParameterStore(scope, false), new NDList(input), false)
                    .singletonOrThrow();
            float[][] rows = new float[4][];
            for (int row = 0; row < rows.length; row++) {
                rows[row] = output.get(row).toFloatArray();
            }
            return rows;
        }
    }

    @Test
    void eachRowIsAsItIsWithItsAdapterAlone() {
        ModifiedModel modified = run(
                "adapter = de, target-modules = all-linear, alpha = 12",
                "adapter = fr, target-modules = [\"2\"], use-rslora = true, weight = 0");
        float[][] mixed = rows(modified.mixed(List.of("fr", Adapter.BASE, "de", "fr")));
        modified.activate(Map.of());
        assertArrayEquals(rows(modified.block())[1], mixed[1]);
        modified.activate(Map.of("de", 1.0));
        assertArrayEquals(rows(modified.block())[2], mixed[2], 1e-6f);
        modified.activate(Map.of("fr", 1.0));
        assertArrayEquals(rows(modified.block())[0], mixed[0], 1e-6f);
        assertArrayEquals(rows(modified.block())[3], mixed[3], 1e-6f);
        assertFalse(Arrays.equals(mixed[0], mixed[3]));
    }

    /** PEFT refuses them, too, but for what is trained whole. */
    @Test
    void whatComputesAWholeWeightIsRefusedByName() {
        ModifiedModel modified = run(
                "adapter = de, target-modules = [\"0\"], use-dora = true",
                "adapter = fr, target-modules = [\"0\"], bias = lora-only, modules-to-save = [\"2\"]");
        assertEquals(
                "rows of one batch have adapters of their own where linear layers run these in factors, and not on `0.bias`"
                        + " (`saved` of `fr`), `0.weight` (`dora` of `de`), `2.bias` (`saved` of `fr`), `2.weight` (`saved` of"
                        + " `fr`): run the rows of each adapter by themselves",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> modified.mixed(List.of("de", "fr", Adapter.BASE, Adapter.BASE)))
                        .getMessage());
    }

    @Test
    void aProgramHasOneChoice() throws Exception {
        Path file = Fixtures.file("programs/epd-scripted.pt");
        model = Model.newInstance("net", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString());
        ModifiedModel modified = ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString(
                        "graft.modifiers = [{ type = lora, rank = 2, target-modules = [query] }]"))
                .run();
        assertEquals(
                "a TorchScript program has one choice of adapters for all rows of a batch: run the rows of each adapter by"
                        + " themselves",
                assertThrows(IllegalStateException.class, () -> modified.mixed(List.of("default")))
                        .getMessage());
    }
}
