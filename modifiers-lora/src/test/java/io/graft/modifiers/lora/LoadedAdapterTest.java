package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Artifact;
import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.Adapter;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that PEFT 0.21 saved, put on a model without merging them. */
class LoadedAdapterTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);

    @TempDir
    Path folder;

    private static ModifierRun load(ModelFixture model, Path adapter) {
        return model.apply(LORA.modifier("adapter-path = \"" + adapter + "\""));
    }

    @ParameterizedTest
    @CsvSource({
        "lora, base-bert",
        "rslora, base-bert",
        "dora, base-bert",
        "patterns, base-bert",
        "head, base-bert",
        "embedding, base-bert",
        "gpt2, base-gpt2",
        "bias-all, base-bert",
        "lora-bias, base-bert"
    })
    void theModelComputesWhatPeftMerges(String adapter, String base) throws IOException {
        ModifierRun run = load(Fixtures.base(base), Fixtures.file(adapter)).succeeds();
        Fixtures.assertClose(run, Fixtures.file(adapter + "/merged.safetensors"));
        assertSavedAs(Fixtures.file(adapter), run);
    }

    @ParameterizedTest
    @CsvSource({
        "convolution",
        "convolution-dora",
        "embedding-dora",
        "transposed-dora",
        "experts",
        "experts-transposed",
        "parameter",
        "rows",
        "attention"
    })
    void everyKindOfUpdateIsPutThere(String kind) throws IOException {
        Path adapter = Fixtures.file("kinds/" + kind);
        ModifierRun run = load(ModelFixture.read(adapter.resolve("base.safetensors")), adapter)
                .succeeds();
        Fixtures.assertClose(run, adapter.resolve("merged.safetensors"));
        assertSavedAs(adapter, run);
    }

    /** What is written is what was read: every tensor under its key, and the same settings. */
    private void assertSavedAs(Path adapter, ModifierRun run) throws IOException {
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        ModelFixture before = ModelFixture.read(adapter.resolve("adapter_model.safetensors"));
        ModelFixture after = ModelFixture.read(folder.resolve("adapter_model.safetensors"));
        List<String> skipped =
                run.skipped().stream().map(skip -> skip.key()).sorted().toList();
        Checkpoint.open(adapter.resolve("adapter_model.safetensors")).tensors().keySet().stream()
                .filter(key -> !skipped.contains(key) && !key.contains(".modules_to_save."))
                .forEach(key -> assertEquals(before.values(key), after.values(key), key));
        assertEquals(
                AdapterSettings.read(adapter.resolve("adapter_config.json")).values(),
                AdapterSettings.read(folder.resolve("adapter_config.json")).values());
    }

    /** Keys that nothing here reads are kept as PEFT wrote them, and those of a later PEFT that are off. */
    @Test
    void keysThatNobodyReadsAreKept() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("theirs"));
        Files.copy(Fixtures.file("lora/adapter_model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        String config = Files.readString(Fixtures.file("lora/adapter_config.json"))
                .replace("\"eva_config\": null", "\"eva_config\": {\n    \"rho\": 2.5,\n    \"whiten\": false\n  }")
                .replace("\"use_bdlora\": null", "\"use_a_later_one\": false,\n  \"use_bdlora\": null")
                .replace("\"alpha_pattern\"", "\"a_later_one\": null,\n  \"alpha_pattern\"");
        Files.writeString(adapter.resolve("adapter_config.json"), config);
        ModifierRun run = load(Fixtures.base("base-bert"), adapter).succeeds().warns();
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                config.strip().lines().sorted().toList(),
                Files.readString(folder.resolve("adapter_config.json"))
                        .strip()
                        .lines()
                        .sorted()
                        .toList());
    }

    @Test
    void theBaseStaysAndIsFrozen() {
        ModelFixture base = Fixtures.base("base-bert");
        ModifierRun run = load(base, Fixtures.file("lora")).succeeds();
        String weight = "bert.encoder.layer.0.attention.self.query.weight";
        String module = "bert.encoder.layer.0.attention.self.query";
        assertTrue(run.trainable().stream().allMatch(name -> name.contains("lora_")));
        assertEquals(8, run.trainable().size());
        assertTrue(run.names().contains(module + ".lora_A.default"));
        run.model().activate(Map.of());
        assertEquals(base.values(weight), run.values(weight));
        run.model().unparametrize("default");
        assertEquals(base.values(weight), run.values(weight));
    }

    @Test
    void severalAreSwitchedByName() {
        ModelFixture base = Fixtures.base("base-bert");
        ModifierRun run = load(base, Fixtures.file("lora"))
                .then(LORA.modifier("adapter-path = \"" + Fixtures.file("rslora") + "\", adapter = other, weight = 0"))
                .succeeds();
        Fixtures.assertClose(run, Fixtures.file("lora/merged.safetensors"));
        run.model().activate(Map.of("other", 1.0));
        Fixtures.assertClose(run, Fixtures.file("rslora/merged.safetensors"));
        assertEquals(
                List.of("default", "other"),
                run.model().adapters().stream().map(Adapter::name).toList());
        assertEquals(
                List.of("other/adapter_model.safetensors", "other/adapter_config.json"),
                run.artifacts().stream().map(Artifact::name).toList());
    }

    @Test
    void twoActiveDoraAdaptersOfAWeightAreRefused() {
        ModifierRun run = load(Fixtures.base("base-bert"), Fixtures.file("dora"))
                .then(LORA.modifier("adapter-path = \"" + Fixtures.file("dora") + "\", adapter = other"));
        assertEquals(
                new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "adapter",
                        "`bert.encoder.layer.0.attention.self.query.weight` has the active adapter `default` of `dora`,"
                                + " and two of them at once have no meaning",
                        "put this one there inactive, weight = 0, and switch between them"),
                run.errors().get(0));
        run.changesNothing();
        run.then(LORA.modifier("adapter-path = \"" + Fixtures.file("dora") + "\", adapter = other, weight = 0"))
                .succeeds();
    }

    @Test
    void anotherOfTheSameNameIsRefused() {
        load(Fixtures.base("base-bert"), Fixtures.file("lora"))
                .then(LORA.modifier("adapter-path = \"" + Fixtures.file("rslora") + "\""))
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "adapter",
                        "the model has an adapter `default` already",
                        "give this one another name, or let it take the other's place with replace = true"))
                .changesNothing();
    }

    @Test
    void anAdapterOfAnotherBaseChangesNothing() {
        ModifierRun run = load(
                ModelFixture.empty().linear("q", 4, 4, 1),
                Fixtures.adapter(
                        folder,
                        ModelFixture.empty()
                                .with("base_model.model.q.lora_A.weight", Shape.of(2, 5), 1)
                                .with("base_model.model.q.lora_B.weight", Shape.of(4, 2), 1),
                        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}"));
        run.fails(new ReportedError(
                        ProblemCode.SHAPE_MISMATCH,
                        "adapter-path",
                        "`q.weight` has the shape [4, 4], which the factors [2, 5] and [4, 2] of the adapter do not fit",
                        "the adapter was trained on another model, or on one with another vocabulary"))
                .changesNothing();
    }

    @Test
    void aHeadThatTheModelLacksIsRefused() {
        load(ModelFixture.empty().linear("q", 4, 4, 1).with("tail.weight", Shape.of(2, 4), 3), withHeads())
                .fails(new ReportedError(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "adapter-path",
                        "the model has no `head.weight`, which the adapter saved",
                        "give the model that module before, with replace-module, or merge the adapter with lora-merge;"
                                + " strict = false leaves it out"))
                .changesNothing();
    }

    /** What is left out is told, and what is saved again does not claim to have it. */
    @Test
    void aHeadThatTheModelLacksIsLeftOutWhereThatIsAllowed() throws IOException {
        ModifierRun run = ModelFixture.empty()
                .linear("q", 4, 4, 1)
                .with("tail.weight", Shape.of(2, 4), 3)
                .apply(LORA.modifier("adapter-path = \"" + withHeads() + "\", strict = false"))
                .succeeds()
                .warns("the model has no `head.weight`, which the adapter saved: it is left out")
                .skips(new Skipped("base_model.model.head.weight", SkipReason.EXCLUDED, "the model has no such tensor"))
                .hasValues("q.weight", 5)
                .hasValues("tail.weight", 2);
        Path again = Files.createDirectory(folder.resolve("again"));
        for (Artifact artifact : run.artifacts()) {
            artifact.write(again, WriteOptions.DEFAULT);
        }
        assertEquals(
                List.of("tail"),
                AdapterSettings.read(again.resolve("adapter_config.json")).texts("modules_to_save"));
        ModelFixture.empty()
                .linear("q", 4, 4, 1)
                .with("tail.weight", Shape.of(2, 4), 3)
                .apply(LORA.modifier("adapter-path = \"" + again + "\""))
                .succeeds()
                .hasValues("q.weight", 5)
                .hasValues("tail.weight", 2);
    }

    private Path withHeads() {
        return Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.q.lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.q.lora_B.weight", Shape.of(4, 2), 1)
                        .with("base_model.model.head.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.tail.weight", Shape.of(2, 4), 2),
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"modules_to_save\": [\"head\", \"tail\"]}");
    }
}
