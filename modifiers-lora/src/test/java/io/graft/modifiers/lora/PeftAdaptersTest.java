package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    @ParameterizedTest
    @CsvSource({
        "lora, base-bert, 4",
        "rslora, base-bert, 4",
        "dora, base-bert, 4",
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
        Fixtures.assertClose(run, Fixtures.file(adapter + "/merged.safetensors"));
        assertEquals(changed, run.changes().size());
    }

    /** Each has a base of its own; see {@code make_fixtures.py}. */
    @ParameterizedTest
    @CsvSource({
        "convolution, 8",
        "convolution-dora, 4",
        "embedding-dora, 2",
        "transposed-dora, 3",
        "experts, 3",
        "experts-transposed, 2",
        "experts-before-0.19, 2",
        "parameter, 1",
        "rows, 2",
        "attention, 2"
    })
    void everyKindOfUpdateIsMergedAsPeftMergesIt(String kind, int changed) {
        String folder = "kinds/" + kind;
        ModifierRun run = Fixtures.merge(
                        ModelFixture.read(Fixtures.file(folder + "/base.safetensors")), Fixtures.file(folder))
                .succeeds()
                .warns();
        Fixtures.assertClose(run, Fixtures.file(folder + "/merged.safetensors"));
        assertEquals(changed, run.changes().size());
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
