package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden vectors of convolutions and DoRA, and those of whole models, whose forward is worked out here. */
class GoldenVectorsTest {
    private static final double TOLERANCE = 1e-5;
    private static final List<Integer> TOKENS = List.of(0, 3, 4);

    @TempDir
    Path folder;

    /** GL5 and GL6: a convolution of 2 to 3 channels, 3 by 3. */
    @Test
    void convolution() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.conv.lora_A.weight", Shape.of(2, 2, 3, 3), Fixtures.numbers(36, 5, 2))
                        .with("base_model.model.conv.lora_B.weight", Shape.of(3, 2, 1, 1), Fixtures.numbers(6, 5, 2)),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}");
        List<Double> update = Fixtures.merge(ModelFixture.empty().with("conv.weight", Shape.of(3, 2, 3, 3), 0), adapter)
                .succeeds()
                .values("conv.weight");
        assertEquals(List.of(8.0, -4.0, 4.0, -8.0, 0.0, 8.0, -4.0, 4.0, -8.0), update.subList(18, 27));
        assertEquals(List.of(2.0, 2.0, 2.0, 2.0, -8.0, 2.0, 2.0, 2.0, 2.0), update.subList(45, 54));
    }

    /** GL9, GL10 and GL11. */
    @Test
    void dora() {
        double[] lengths = {Math.sqrt(14), Math.sqrt(18), Math.sqrt(19)};
        Path adapter = Fixtures.adapter(
                folder,
                linear().with("base_model.model.lin.lora_magnitude_vector", Shape.of(3), lengths),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"use_dora\": true}");
        ModifierRun run = Fixtures.merge(Fixtures.golden(), adapter).succeeds();
        List<Double> weight = run.values("lin.weight");
        assertClose(weight.subList(0, 4), 1.4536875, -2.5439532, 1.8171095, 1.4536875);
        assertClose(weight.subList(4, 8), -0.6, 1.8, -3.6, -1.2);
        assertClose(outputs(run), -12.902657, 14.8, 12.472555, -10.722126, 11.2, 8.788614, -2.363422, -6.8, -4.473577);
    }

    /** GL7. */
    @Test
    void embeddingAndLinear() {
        Path adapter = Fixtures.adapter(
                folder,
                linear().with("base_model.model.emb.lora_embedding_A", Shape.of(2, 5), Fixtures.numbers(10, 5, 2))
                        .with("base_model.model.emb.lora_embedding_B", Shape.of(4, 2), Fixtures.numbers(8, 5, 2)),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}");
        ModifierRun run = Fixtures.merge(Fixtures.golden(), adapter).succeeds();
        assertClose(outputs(run), -84, 46, 40, -130, 62, 57, 49, -34, -27);
    }

    private static ModelFixture linear() {
        return ModelFixture.empty()
                .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), Fixtures.numbers(8, 5, 2))
                .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), Fixtures.numbers(6, 5, 2));
    }

    /** What the golden model computes for a few tokens. */
    private static double[] outputs(ModifierRun run) {
        List<Double> embedding = run.values("emb.weight");
        List<Double> weight = run.values("lin.weight");
        List<Double> bias = run.values("lin.bias");
        double[] outputs = new double[TOKENS.size() * 3];
        for (int at = 0; at < outputs.length; at++) {
            double sum = bias.get(at % 3);
            for (int i = 0; i < 4; i++) {
                sum += weight.get(at % 3 * 4 + i) * embedding.get(TOKENS.get(at / 3) * 4 + i);
            }
            outputs[at] = sum;
        }
        return outputs;
    }

    private static void assertClose(List<Double> found, double... expected) {
        assertClose(found.stream().mapToDouble(Double::doubleValue).toArray(), expected);
    }

    private static void assertClose(double[] found, double... expected) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], TOLERANCE, "at " + i);
        }
    }
}
