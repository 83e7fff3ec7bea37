package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.ConfigFactory;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.report.ReportJson;
import io.graft.testkit.ModelFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveBlockTest {
    @TempDir
    Path folder;

    /** GL2 of the LoRA reference, in the memory of an engine. */
    @Test
    void anAdapterIsMergedIntoALiveBlock() {
        Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with(
                                "base_model.model.0.lora_A.weight",
                                io.graft.tensor.Shape.of(2, 4),
                                Fixtures.numbers(8, 5, 2))
                        .with(
                                "base_model.model.0.lora_B.weight",
                                io.graft.tensor.Shape.of(3, 2),
                                Fixtures.numbers(6, 5, 2)),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}");
        try (Model model = Model.newInstance("linear", "PyTorch")) {
            model.setBlock(
                    new SequentialBlock().add(Linear.builder().setUnits(3).build()));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new Shape(1, 4));
            NDArray weight = model.getBlock().getParameters().valueAt(0).getArray();
            weight.set(new float[] {-2, 1, -3, 0, 3, -1, 2, -2, 1, -3, 0, 3});
            Report report = ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString(
                            "graft.modifiers = [{ type = lora-merge, adapter-path = \"" + folder + "\" }]"))
                    .run()
                    .report();
            assertArrayEquals(new float[] {4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1}, weight.toFloatArray());
            assertEquals(
                    true,
                    ReportJson.compact("apply", folder)
                            .of(report)
                            .contains("\"adapted\":[{\"name\":\"0.weight\",\"parametrization\":\"lora\"}]"));
        }
    }
}
