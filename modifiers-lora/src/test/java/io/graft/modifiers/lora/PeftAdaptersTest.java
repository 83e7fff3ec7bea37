package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    /** With {@code bias = all} PEFT saves biases within a saved module twice more, once under the adapter's name. */
    @Test
    void copiesOfBiasesWithinASavedModuleAreNoTensorsOfTheModel(@TempDir Path folder) {
        ModelFixture saved = ModelFixture.empty()
                .with("base_model.model.head.modules_to_save.default.0.bias", Shape.of(2), 5)
                .with("base_model.model.head.original_module.0.bias", Shape.of(2), 1)
                .with("base_model.model.head.0.bias", Shape.of(2), 5)
                .with("base_model.model.head.0.weight", Shape.of(2, 2), 7)
                .with("base_model.model.norm.modules_to_save.bias", Shape.of(2), 6)
                .with("base_model.model.norm.bias", Shape.of(2), 6)
                .with("base_model.model.norm.weight", Shape.of(2), 8)
                .with("base_model.model.lin.lora_A.weight", Shape.of(1, 2), 1)
                .with("base_model.model.lin.lora_B.weight", Shape.of(3, 1), 1);
        ModelFixture model = ModelFixture.empty()
                .linear("head.0", 2, 2, 1)
                .norm("norm", 2, 1)
                .with("lin.weight", Shape.of(3, 2), 1);
        List<String> names = model.apply((draft, context) -> {}).names();
        ModifierRun run = Fixtures.merge(
                        model,
                        Fixtures.adapter(
                                folder,
                                saved,
                                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"bias\": \"all\","
                                        + " \"target_modules\": [\"lin\"], \"modules_to_save\": [\"head\", \"norm\"]}"))
                .succeeds();
        assertEquals(names, run.names());
        run.hasValues("head.0.bias", 5)
                .hasValues("head.0.weight", 7)
                .hasValues("norm.bias", 6)
                .hasValues("norm.weight", 8)
                .hasValues("lin.weight", 2);
    }

    /** Attention of PyTorch has a square weight, and no other layer that tells which way round it lies: it is a linear one. PEFT adds its update twice. */
    @Test
    void attentionAloneIsMerged(@TempDir Path folder) {
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.mha.lora_A.weight", Shape.of(1, 2), 1, 2)
                .with("base_model.model.mha.lora_B.weight", Shape.of(6, 1), 1, 2, 3, 4, 5, 6)
                .with("base_model.model.mha.base_layer.out_proj.lora_A.weight", Shape.of(1, 2), 10, 20)
                .with("base_model.model.mha.base_layer.out_proj.lora_B.weight", Shape.of(2, 1), 1, 3);
        ModelFixture model = ModelFixture.empty()
                .with("mha.in_proj_weight", Shape.of(6, 2), 0)
                .with("mha.out_proj.weight", Shape.of(2, 2), 0)
                .with("c_attn.weight", Shape.of(2, 3), 0)
                .with("c_attn.bias", Shape.of(3), 0);
        Fixtures.merge(
                        model,
                        Fixtures.adapter(
                                folder,
                                factors,
                                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"mha\"]}"))
                .succeeds()
                .hasValues("mha.in_proj_weight", 1, 2, 2, 4, 3, 6, 4, 8, 5, 10, 6, 12)
                .hasValues("mha.out_proj.weight", 20, 40, 60, 120);
    }
}
