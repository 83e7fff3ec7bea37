package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.model.DraftTensor;
import io.graft.model.rules.Rule;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.problem.ProblemCode;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import io.graft.tensor.DType;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraMergeModelModifierTest {
    private static final String CONFIG = """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["lin", "emb"]}""";

    @TempDir
    Path folder;

    private static ModelFixture goldenFactors() {
        return ModelFixture.empty()
                .with("base_model.model.emb.lora_embedding_A", Shape.of(2, 5), Fixtures.numbers(10, 5, 2))
                .with("base_model.model.emb.lora_embedding_B", Shape.of(4, 2), Fixtures.numbers(8, 5, 2))
                .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), Fixtures.numbers(8, 5, 2))
                .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), Fixtures.numbers(6, 5, 2));
    }

    @Test
    void itIsFoundAndDescribed() {
        PlugRegistry registry = PlugRegistry.discover(getClass().getClassLoader());
        assertEquals(List.of(), registry.problems());
        assertEquals(
                List.of("lora", "lora-merge"),
                registry.modifiers().stream()
                        .map(RegisteredPlug::id)
                        .filter(id -> id.startsWith("lora"))
                        .toList());
        ModifierTester tester = ModifierTester.of(LoraMergeModelModifier.class);
        tester.providerIsHealthy();
        tester.defaults("adapter-path = /a", Fixtures.options(CheckpointRef.of(Path.of("/a")), true));
        tester.mapsEveryKey(
                "adapter-path = /a, strict = false, weight = -0.5, prefix = \"net.\", rename = [ { from = q, to = query } ],"
                        + " dialect = peft, requantize = true, max-error = 0.5",
                new LoraMergeOptions(
                        CheckpointRef.of(Path.of("/a")),
                        false,
                        -0.5,
                        new AdapterFileOptions("net.", List.of(new Rule.Rename("q", "query")), Optional.of("peft")),
                        true,
                        Optional.of(0.5)));
    }

    @Test
    void aDialectThatNobodyBrings() {
        LoraMergeOptions options = new LoraMergeOptions(
                CheckpointRef.of(Fixtures.adapter(folder, goldenFactors(), CONFIG)),
                true,
                1,
                new AdapterFileOptions("auto", List.of(), Optional.of("pfet")),
                false,
                Optional.empty());
        Fixtures.golden()
                .apply(new LoraMergeModelModifier(options))
                .fails(new ReportedError(
                        ProblemCode.UNKNOWN_ENUM,
                        "dialect",
                        "`pfet` is no dialect of adapters; did you mean `peft`?",
                        ""));
    }

    /** GL1, GL2 and GL3 of the LoRA reference: exact integers. */
    @Test
    void goldenNumbers() {
        Fixtures.merge(Fixtures.golden(), Fixtures.adapter(folder, goldenFactors(), CONFIG))
                .succeeds()
                .hasValues("lin.weight", 4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1)
                .hasValues("emb.weight", -4, 5, -3, -4, 7, -9, 2, 6, 1, -3, 0, 3, -5, 10, -2, -7, -1, -4, 3, 3)
                .hasValues("lin.bias", -2, 1, -3);
    }

    @Test
    void anAdapterOfARunIsTheLastCheckpointAndTheConfigurationBesideIt() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run-7"));
        Files.move(
                Fixtures.adapter(run, goldenFactors(), CONFIG).resolve("adapter_model.safetensors"),
                run.resolve("last.ckpt"));
        CheckpointRef adapter = new CheckpointRef(
                "run:run-7",
                FetchConditions.NONE,
                Map.of("checkpoints-root", folder.resolve("run-8").toString()));
        Fixtures.merge(Fixtures.golden(), adapter, true)
                .succeeds()
                .hasValues("lin.weight", 4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1);
        Files.delete(run.resolve("adapter_config.json"));
        assertEquals(
                "run:run-7: has no adapter_config.json beside it; name the folder that PEFT's save_pretrained wrote",
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), adapter, true))
                        .getMessage());
    }

    @Test
    void theDigestIsThatOfTheTensors() {
        Path adapter = Fixtures.adapter(folder, goldenFactors(), CONFIG);
        String other = "0".repeat(64);
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), withDigest(adapter, other), true));
        assertEquals(Reason.DIGEST_MISMATCH, refused.reason());
        String actual = refused.detail().substring("its SHA-256 is ".length()).substring(0, 64);
        assertEquals("its SHA-256 is " + actual + ", and " + other + " was expected", refused.detail());
        Fixtures.merge(Fixtures.golden(), withDigest(adapter, actual), true).succeeds();
    }

    private static CheckpointRef withDigest(Path adapter, String sha256) {
        FetchConditions none = FetchConditions.NONE;
        return CheckpointRef.of(adapter)
                .under(new FetchConditions(
                        Optional.of(Sha256.parse(sha256)),
                        none.maxBytes(),
                        none.attempts(),
                        none.idleTimeout(),
                        none.timeout(),
                        none.allowPickle(),
                        none.token()));
    }

    @Test
    void theOrderOfModifiersIsTheOrderOfArithmetic() {
        Path adapter = Fixtures.adapter(folder, goldenFactors(), CONFIG);
        LoraMergeModelModifier merge = Fixtures.weighted(adapter, 1);
        // Merged twice, the update counts twice: the second one sees the first one's result.
        Fixtures.golden()
                .apply(merge)
                .then(merge)
                .hasValues("lin.weight", 10, -15, 13, 8, -5, 7, -14, -2, -7, 9, -8, -5);
    }

    @Test
    void provenanceTellsWhatWasAddedToWhat() {
        ModifierRun run = Fixtures.merge(Fixtures.golden(), Fixtures.adapter(folder, goldenFactors(), CONFIG));
        DraftTensor weight = run.model().find("lin.weight").orElseThrow();
        Provenance.Computed computed = (Provenance.Computed) weight.base().provenance();
        assertEquals(
                List.of(
                        new Provenance.Initial("lin.weight"),
                        new Provenance.Stored("adapter_model.safetensors", "base_model.model.lin.lora_B.weight"),
                        new Provenance.Stored("adapter_model.safetensors", "base_model.model.lin.lora_A.weight")),
                computed.from());
        assertEquals("add lora of rank 2, scale 2.0, from adapter_model.safetensors", computed.operation());
        assertEquals(List.of(), weight.parametrizations());
    }

    /** Each update alone is lost in the weight's rounding; both together are not. */
    @Test
    void twoAdaptersOnABfloat16AreRoundedOnce() {
        ModelFixture base = ModelFixture.of("lin.weight", DType.BF16, Shape.of(1, 1), 256);
        ModelFixture factors = ModelFixture.of("base_model.model.lin.lora_A.weight", DType.F32, Shape.of(1, 1), 1)
                .with("base_model.model.lin.lora_B.weight", DType.F32, Shape.of(1, 1), 0.75);
        Path adapter = Fixtures.adapter(
                folder,
                factors,
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"lin\"]}");
        LoraMergeModelModifier merge = Fixtures.weighted(adapter, 1);
        base.apply(merge).hasValues("lin.weight", 256);
        base.apply(merge).then(merge).hasValues("lin.weight", 258);
    }

    /** 256 and 2048 are where the steps of BF16 and F16 become 2, so that sums lie between two numbers. */
    @Test
    void sumsAreRoundedOnceToTheNearestAndToEven() {
        for (DType dtype : List.of(DType.BF16, DType.F16)) {
            double large = dtype == DType.BF16 ? 256 : 2048;
            Path adapter = Fixtures.adapter(
                    folder.resolve(dtype.name()).toFile().mkdir() ? folder.resolve(dtype.name()) : folder,
                    ModelFixture.empty()
                            .with("base_model.model.lin.lora_A.weight", Shape.of(1, 4), 1, 1.5, 0.5, 3)
                            .with("base_model.model.lin.lora_B.weight", Shape.of(1, 1), 1),
                    """
                    {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": "lin"}""");
            Fixtures.merge(ModelFixture.of("lin.weight", dtype, Shape.of(1, 4), large), adapter)
                    .succeeds()
                    .hasValues("lin.weight", large, large + 2, large, large + 4);
        }
    }

    @Test
    void factorsOfHalfPrecisionAreWidenedFirst() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", DType.BF16, Shape.of(1, 2), 1, 3)
                        .with("base_model.model.lin.lora_B.weight", DType.F16, Shape.of(1, 1), 0.25),
                """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "use_rslora": true, "target_modules": ["lin"]}""");
        Fixtures.merge(ModelFixture.of("lin.weight", DType.F32, Shape.of(1, 2), 1), adapter)
                .succeeds()
                .hasValues("lin.weight", 1.25, 1.75);
    }

    @Test
    void everyWindowHasTheSameBytes() throws IOException {
        int rows = 300;
        int columns = 70;
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with(
                                "base_model.model.lin.lora_A.weight",
                                Shape.of(7, columns),
                                Fixtures.numbers(490, 101, 50))
                        .with("base_model.model.lin.lora_B.weight", Shape.of(rows, 7), Fixtures.numbers(2100, 97, 48)),
                """
                {"peft_type": "LORA", "r": 7, "lora_alpha": 3, "target_modules": ["lin"]}""");
        ModifierRun run = Fixtures.merge(
                ModelFixture.of(
                        "lin.weight", DType.F16, Shape.of(rows, columns), Fixtures.numbers(rows * columns, 89, 44)),
                adapter);
        TensorData data = run.model().find("lin.weight").orElseThrow().value().materialize();
        ByteBuffer whole = data.window(0, (int) data.byteCount());
        for (int cut = 1; cut < data.byteCount(); cut += 997) {
            ByteBuffer parts = ByteBuffer.allocate((int) data.byteCount());
            parts.put(data.window(0, cut)).put(data.window(cut, (int) data.byteCount() - cut));
            assertEquals(whole, parts.flip());
        }
    }

    @Test
    void theFileOfTensorsCanBeNamed() {
        Fixtures.merge(
                        Fixtures.golden(),
                        Fixtures.adapter(folder, goldenFactors(), CONFIG).resolve("adapter_model.safetensors"))
                .succeeds()
                .hasValues("lin.bias", -2, 1, -3);
    }

    @Test
    void aModelSavedFromWithinIsFound() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.bert.lin.lora_A.weight", Shape.of(1, 2), 1)
                        .with("base_model.model.bert.lin.lora_B.weight", Shape.of(1, 1), 1),
                """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["lin"]}""");
        Fixtures.merge(ModelFixture.of("lin.weight", DType.F32, Shape.of(1, 2), 1), adapter)
                .succeeds()
                .hasValues("lin.weight", 2, 2)
                .warns("the names of the adapter begin with `bert.`, which those of the model lack; it is left out");
        Fixtures.merge(ModelFixture.of("net.bert.lin.weight", DType.F32, Shape.of(1, 2), 1), adapter)
                .succeeds()
                .hasValues("net.bert.lin.weight", 2, 2)
                .warns("the names of the model begin with `net.`, which those of the adapter lack; it is added");
    }

    @Test
    void copiesOfWhatWasBeforeTrainingAreReported() {
        Fixtures.merge(Fixtures.base("base-bert"), Fixtures.file("bias-all"))
                .succeeds()
                .skips(new Skipped(
                        "base_model.model.classifier.original_module.bias",
                        SkipReason.EXCLUDED,
                        "the module as it was before training"));
    }

    /** More elements in a factor than are decoded at a time. */
    @Test
    void aFactorLongerThanABlock() {
        int columns = 20_000;
        double[] numbers = Fixtures.numbers(columns, 1009, 500);
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", DType.F16, Shape.of(1, columns), numbers)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(1, 1), 1),
                """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["lin"]}""");
        Fixtures.merge(ModelFixture.of("lin.weight", DType.F32, Shape.of(1, columns), 0), adapter)
                .succeeds()
                .hasValues("lin.weight", numbers);
    }

    @Test
    void aTiedWeightParts() {
        Fixtures.merge(
                        Fixtures.golden().tie("head.weight", "lin.weight"),
                        Fixtures.adapter(folder, goldenFactors(), CONFIG))
                .succeeds()
                .warns(
                        "`lin.weight` is one tensor with `head.weight`, which the adapter does not change: they are no longer tied")
                .hasValues("head.weight", -2, 1, -3, 0, 3, -1, 2, -2, 1, -3, 0, 3);
    }

    /** P47. */
    @Test
    void aSavedModuleOfATiedWeightParts() {
        Path adapter = Fixtures.adapter(
                folder, ModelFixture.empty().with("base_model.model.lin.weight", Shape.of(3, 4), 7), """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "modules_to_save": ["lin"]}""");
        Fixtures.merge(Fixtures.golden().tie("head.weight", "lin.weight"), adapter)
                .succeeds()
                .warns(
                        "`lin.weight` is one tensor with `head.weight`, which the adapter does not change: they are no longer tied")
                .hasValues("lin.weight", 7)
                .hasValues("head.weight", -2, 1, -3, 0, 3, -1, 2, -2, 1, -3, 0, 3);
    }

    @Test
    void bothNamesOfATiedWeightPartWhereTheAdapterHasBoth() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.weight", Shape.of(3, 4), 7)
                        .with("base_model.model.head.weight", Shape.of(3, 4), 8),
                """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "modules_to_save": ["lin", "head"]}""");
        Fixtures.merge(Fixtures.golden().tie("head.weight", "lin.weight"), adapter)
                .succeeds()
                .warns(
                        "`head.weight` is one tensor with `lin.weight`, and the adapter changes each by itself: they are no"
                                + " longer tied")
                .hasValues("lin.weight", 7)
                .hasValues("head.weight", 8);
    }
}
