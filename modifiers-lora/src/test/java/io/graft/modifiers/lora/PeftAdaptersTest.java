package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.model.DraftTensor;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Adapters that PEFT 0.21 saved, and what its own {@code merge_and_unload} made of them: {@code merged.safetensors}.
 * {@code bias-all} and {@code lora-bias} have random factors and biases.
 */
class PeftAdaptersTest {
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({
        "lora, base-bert, 4",
        "rslora, base-bert, 4",
        "patterns, base-bert, 6",
        "head, base-bert, 16",
        "embedding, base-bert, 3",
        "gpt2, base-gpt2, 4",
        "bias-all, base-bert, 22",
        "lora-bias, base-bert, 4"
    })
    void isMergedAsPeftMergesIt(String adapter, String base, int changed) {
        ModifierRun run =
                Fixtures.merge(Fixtures.base(base), Fixtures.file(adapter)).succeeds();
        ModelFixture expected = ModelFixture.read(Fixtures.file(adapter + "/merged.safetensors"));
        for (DraftTensor tensor : run.model().tensors()) {
            assertClose(tensor.name(), expected.values(tensor.name()), run.values(tensor.name()));
        }
        assertEquals(changed, run.changes().size());
    }

    private static void assertClose(String name, List<Double> expected, List<Double> found) {
        assertEquals(expected.size(), found.size(), name);
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), found.get(i), TOLERANCE, name + " at " + i);
        }
    }

    @Test
    void whatIsDoneIsTold() {
        ModifierRun run = Fixtures.merge(Fixtures.base("base-bert"), Fixtures.file("lora"));
        assertEquals(
                List.of(
                        "Folded[name=bert.encoder.layer.0.attention.self.query.weight, parametrization=lora]",
                        "Folded[name=bert.encoder.layer.0.attention.self.value.weight, parametrization=lora]",
                        "Folded[name=bert.encoder.layer.1.attention.self.query.weight, parametrization=lora]",
                        "Folded[name=bert.encoder.layer.1.attention.self.value.weight, parametrization=lora]"),
                run.changes().stream().map(Object::toString).toList());
        run.warns();
    }
}
