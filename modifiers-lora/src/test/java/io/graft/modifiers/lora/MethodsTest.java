package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Artifact;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods beside LoRA, held against what PEFT 0.21 saves and merges, {@code methods/*}. */
class MethodsTest {
    @TempDir
    Path folder;

    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);
    private static final ModifierTester ADAPTER = ModifierTester.of(AdapterModelModifier.class);

    private static ModelFixture base() {
        return Fixtures.base("methods");
    }

    private static Path adapter(String name) {
        return Fixtures.file("methods/" + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ia3",
                "ia3-conv",
                "ia3-conv-inputs",
                "ia3-transposed",
                "vera",
                "vera-unsaved",
                "vera-transposed",
                "lokr",
                "lokr-both",
                "lokr-conv",
                "lokr-conv-flat"
            })
    void mergedWeightsArePefts(String name) {
        ModifierRun run = Fixtures.merge(base(), adapter(name)).succeeds();
        Fixtures.assertClose(run, adapter(name + "/merged.safetensors"));
        assertFalse(run.changes().isEmpty());
    }

    /** Standing on the model, it computes the same; switched off, nothing of it is left; and it is saved as it was. */
    @ParameterizedTest
    @ValueSource(
            strings = {"ia3", "ia3-conv", "ia3-transposed", "vera", "vera-unsaved", "lokr", "lokr-both", "lokr-conv"})
    void standsAndIsSavedAsPeftHasIt(String name) throws IOException {
        ModifierRun run = base().apply(LORA.modifier("adapter-path = \"" + adapter(name) + "\""))
                .succeeds();
        Fixtures.assertClose(run, adapter(name + "/merged.safetensors"));
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                tensors(adapter(name + "/adapter_model.safetensors")),
                tensors(folder.resolve("adapter_model.safetensors")));
        AdapterSettings written = AdapterSettings.read(folder.resolve("adapter_config.json"));
        AdapterSettings.read(adapter(name + "/adapter_config.json"))
                .values()
                .forEach((key, value) -> assertEquals(value, written.get(key), key));
        run.model().activate(Map.of());
        for (String tensor :
                base().draft().tensors().stream().map(DraftTensor::name).toList()) {
            assertEquals(base().values(tensor), run.values(tensor), tensor);
        }
    }

    /** The model has other names than the adapter, whose files keep their own. */
    @ParameterizedTest
    @ValueSource(strings = {"ia3", "vera", "lokr"})
    void modulesAreFoundByRules(String name) throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        base().draft().tensors().stream()
                .map(DraftTensor::name)
                .filter(tensor -> tensor.startsWith("layers."))
                .forEach(tensor -> names.put(tensor, "blocks" + tensor.substring(6)));
        assertFalse(names.isEmpty());
        ModifierRun run = base().apply((draft, context) -> draft.rename(names))
                .then(LORA.modifier(
                        "adapter-path = \"" + adapter(name) + "\", rename = [{ from = layers, to = blocks }]"))
                .succeeds();
        ModelFixture merged = ModelFixture.read(adapter(name + "/merged.safetensors"));
        for (DraftTensor tensor : merged.draft().tensors()) {
            List<Double> expected = merged.values(tensor.name());
            List<Double> found = run.values(names.getOrDefault(tensor.name(), tensor.name()));
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), found.get(i), 1e-5, tensor.name());
            }
        }
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                tensors(adapter(name + "/adapter_model.safetensors")),
                tensors(folder.resolve("adapter_model.safetensors")));
    }

    private static Map<String, List<Float>> tensors(Path file) throws IOException {
        Map<String, List<Float>> tensors = new LinkedHashMap<>();
        ModelFixture read = ModelFixture.read(file);
        for (String name :
                Checkpoint.open(file).tensors().keySet().stream().sorted().toList()) {
            tensors.put(name, read.values(name).stream().map(Double::floatValue).toList());
        }
        return tensors;
    }

    /** As PEFT starts: nothing changes, the same tensors are trained, all else is frozen. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ia3 | method = ia3, settings { feedforward_modules = [dense] }, target-modules = [query, dense]",
                "ia3-conv-inputs | method = ia3, settings { feedforward-modules = [conv] }, target-modules = [conv]",
                "ia3-transposed | method = ia3, target-modules = [c_attn], layers { c_attn = transposed }",
                "vera | method = vera, settings { r = 4, projection_prng_key = 7 }, target-modules = [query, dense]",
                "lokr | method = lokr, settings { r = 2, alpha = 3 }, rank-pattern { \"layers.1.query\" = 1 },"
                        + " target-modules = [query, dense], alpha-pattern { dense = 5 }",
                "lokr-both | method = lokr, settings { r = 1, decompose_both = true, decompose_factor = 4 },"
                        + " target-modules = [query]",
                "lokr-conv | method = lokr, settings { r = 1, use_effective_conv2d = true }, target-modules = [conv]",
                "lokr-conv-flat | method = lokr, settings { r = 1, init_weights = lycoris }, target-modules = [conv]"
            })
    void newOneIsAsPeftsAtFirst(String name, String options) throws IOException {
        ModifierRun run = base().apply(ADAPTER.modifier(options + ", layers { \"**.dense\" = linear }"))
                .succeeds();
        for (String tensor :
                base().draft().tensors().stream().map(DraftTensor::name).toList()) {
            assertEquals(base().values(tensor), run.values(tensor), tensor);
        }
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                shapes(adapter(name + "/adapter_model.safetensors")),
                shapes(folder.resolve("adapter_model.safetensors")));
        assertTrue(
                run.trainable().stream().noneMatch(tensor -> tensor.contains("vera_A") || !tensor.endsWith("default")));
    }

    private static List<String> shapes(Path file) {
        return Checkpoint.open(file).tensors().values().stream()
                .filter(entry -> !entry.name().contains(".head."))
                .map(entry -> entry.name() + " " + entry.shape())
                .sorted()
                .toList();
    }

    /** Drawn as PyTorch draws them, to the bit. */
    @Test
    void projectionsOfVeraArePytorchs() throws IOException {
        ModifierRun run = base().apply(ADAPTER.modifier(
                        "method = vera, settings { r = 4, projection_prng_key = 7 }, target-modules = [query, dense],"
                                + " layers { \"**.dense\" = linear }"))
                .succeeds();
        ModelFixture saved = ModelFixture.read(adapter("vera/adapter_model.safetensors"));
        for (String slot : List.of("vera_A", "vera_B")) {
            assertEquals(
                    saved.values("base_model." + slot),
                    doubles(LazyTensors.floats(
                            run.model().find(slot + ".default").orElseThrow().value())));
        }
    }

    private static List<Double> doubles(float[] values) {
        List<Double> doubles = new ArrayList<>();
        for (float value : values) {
            doubles.add((double) value);
        }
        return doubles;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "method = iaa3, target-modules = [query] | method: `iaa3` is no method of adapting weights; did you mean `ia3`?",
                "method = lokr, target-modules = [c_attn], layers { c_attn = transposed } | target-modules: `c_attn` is no"
                        + " linear layer stored as [out, in] and no convolution over one or two axes, as LoKr needs",
                "method = vera, target-modules = [conv] | target-modules: `conv` is no linear layer, as VeRA needs",
                "method = vera, target-modules = [query], settings { r = 0 } | settings: `r` must be a whole number above 0,"
                        + " and is 0",
                "method = vera, target-modules = [query], settings { rank = 4 } | settings: has keys that are not known"
                        + " here, and that may change what the adapter means: `rank`",
                "method = vera, target-modules = [query], settings { bias = all } | settings: cannot be used: VERA trains"
                        + " biases as `modules_to_save` alone here, not by `bias`",
                "method = vera, target-modules = [query], settings { vera_dropout = 1.5 } | settings: cannot be used: VERA"
                        + " takes a `vera_dropout` from 0 to less than 1, not 1.5",
                "method = vera, target-modules = [query], settings { projection_prng_key = a } | settings: cannot be used:"
                        + " VERA draws its matrices from `projection_prng_key`, a whole number",
                "method = lokr, target-modules = [query], settings { module_dropout = 0.5 } | settings: cannot be used: LOKR"
                        + " has no `rank_dropout` and `module_dropout` in training here",
                "method = lokr, target-modules = [query], settings { init_weights = gaussian } | settings: cannot be used:"
                        + " LOKR starts by `init_weights` true, false or lycoris, not gaussian",
                "method = lokr, target-modules = [query], settings { decompose_factor = -2 } | settings: cannot be used:"
                        + " LOKR takes a whole `decompose_factor` above 0, or -1, not -2",
                "method = ia3, target-modules = [quary] | target-modules: `quary` names no module of the model"
            })
    void whatCannotBeIsTold(String options, String message) {
        ModifierRun run = base().apply(ADAPTER.modifier(options));
        assertEquals(
                message, run.errors().get(0).key() + ": " + run.errors().get(0).message());
        run.changesNothing();
    }

    /** PEFT 0.21 takes the product of {@code w1} over the last axes of {@code w2}: these are the weights that it merges. */
    @Test
    void lokrOfAConvolutionOverOneAxisIsPefts() {
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.conv.lokr_w1", Shape.of(2, 2), new double[] {1, 2, 3, 4})
                .with("base_model.model.conv.lokr_w2", Shape.of(2, 2, 2), new double[] {
                    1, 10, 2, 20, 100, 1000, 200, 2000
                });
        Path adapter = Fixtures.adapter(
                folder, factors, "{\"peft_type\": \"LOKR\", \"r\": 2, \"alpha\": 2, \"target_modules\": [\"conv\"]}");
        Fixtures.merge(ModelFixture.empty().with("conv.weight", Shape.of(4, 4, 2), 0), adapter)
                .succeeds()
                .hasValues(
                        "conv.weight",
                        1,
                        10,
                        2,
                        20,
                        2,
                        20,
                        4,
                        40,
                        3,
                        30,
                        4,
                        40,
                        6,
                        60,
                        8,
                        80,
                        100,
                        1000,
                        200,
                        2000,
                        200,
                        2000,
                        400,
                        4000,
                        300,
                        3000,
                        400,
                        4000,
                        600,
                        6000,
                        800,
                        8000);
    }
}
