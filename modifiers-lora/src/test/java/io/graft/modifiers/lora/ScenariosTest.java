package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.Artifact;
import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.layer.ModuleNames;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.parametrization.Adapter;
import io.graft.modifiers.lora.config.ConfiguredModules;
import io.graft.modifiers.lora.use.OfAdapter;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reference scenarios on models whose tensors are read when they are asked for. Letters and numbers are their ids. */
class ScenariosTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);
    private static final ModifierTester MERGE = ModifierTester.of(LoraMergeModelModifier.class);
    private static final String CONFIG = "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4}";

    @TempDir
    Path folder;

    private static ModelFixture linear(DType dtype) {
        return ModelFixture.of("q.weight", dtype, Shape.of(3, 4), Fixtures.numbers(12, 7, 3))
                .with("q.bias", dtype, Shape.of(3), 1);
    }

    private static void fill(ModifierRun run, String name) {
        Shape shape = run.model().find(name).orElseThrow().shape();
        run.model().assign(name, LazyTensors.generate("numbers", DType.F32, shape, at -> (3 * at + 1) % 5 - 2.0));
    }

    private static ModifierRun filled(ModelFixture model, String options) {
        ModifierRun run = model.apply(LORA.modifier("target-modules = [q], rank = 2, alpha = 4, " + options))
                .succeeds();
        fill(run, "q.lora_A.default");
        fill(run, "q.lora_B.default");
        return run;
    }

    private Path factors(ModelFixture tensors) {
        return factors(tensors, CONFIG);
    }

    private Path factors(ModelFixture tensors, String config) {
        try {
            return Fixtures.adapter(Files.createTempDirectory(folder, "adapter"), tensors, config);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static ModelFixture pair(String module, double... b) {
        return ModelFixture.empty()
                .with("base_model.model." + module + ".lora_A.weight", Shape.of(2, 4), 1)
                .with("base_model.model." + module + ".lora_B.weight", Shape.of(3, 2), b);
    }

    private static String from(Path adapter) {
        return "adapter-path = \"" + adapter + "\"";
    }

    /** P12: factors have 32 bits, the weight that they adapt keeps its own dtype. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F16", "BF16"})
    void dtypes(DType dtype) {
        ModifierRun run = filled(linear(dtype), "use-dora = true");
        for (String owned : List.of("q.lora_A.default", "q.lora_B.default", "q.lora_magnitude_vector.default")) {
            assertEquals(DType.F32, run.model().find(owned).orElseThrow().dtype(), owned);
        }
        assertEquals(dtype, run.model().find("q.weight").orElseThrow().dtype());
        Path loaded = factors(pair("q", 1));
        ModifierRun again = linear(dtype).apply(LORA.modifier(from(loaded))).succeeds();
        assertEquals(dtype, again.model().find("q.weight").orElseThrow().dtype());
        assertEquals(
                DType.F32, again.model().find("q.lora_A.default").orElseThrow().dtype());
    }

    /** P13. */
    @Test
    void aModelOf16BitsIsMerged() {
        ModifierRun run = linear(DType.F16)
                .apply(MERGE.modifier(from(factors(pair("q", 0.25)))))
                .succeeds();
        assertEquals(DType.F16, run.model().find("q.weight").orElseThrow().dtype());
        run.hasValues("q.weight", -1, 2, -2, 1, 4, 0, 3, -1, 2, -2, 1, 4);
    }

    /** P14: nothing is written, whether the adapter is merged or stands on the weight, and the error is told of the adapter's file. */
    @ParameterizedTest
    @CsvSource({"NaN, lora-merge", "Infinity, lora-merge", "-Infinity, lora-merge", "NaN, lora", "Infinity, lora"})
    void numbersThatAreNoneAreNotMerged(double number, String modifier) throws IOException {
        Path model = linear(DType.F32).save(folder, "model");
        byte[] before = Files.readAllBytes(model);
        Path adapter = factors(pair("q", 1, 1, 1, 1, number, 1));
        GraftException refused = assertThrows(
                GraftException.class,
                () -> ModelModifierApplier.create()
                        .configuration(ConfigFactory.parseString("graft { model { checkpoint = \"" + model
                                + "\" }, modifiers = [ { type = " + modifier + ", " + from(adapter)
                                + " } ], output { path = \"" + folder.resolve("out") + "\" } }"))
                        .run());
        assertTrue(
                refused.problems()
                        .get(0)
                        .message()
                        .contains(
                                "`base_model.model.q.lora_B.weight` holds " + number + ", which would spoil the model"),
                refused.problems().get(0).message());
        assertArrayEquals(before, Files.readAllBytes(model));
        assertFalse(Files.exists(folder.resolve("out")));
    }

    /** P16: nothing of the adapter is left in the model. */
    @ParameterizedTest
    @ValueSource(strings = {"", "use-dora = true", "init = pissa", "bias = all"})
    void aFoldedModelHasNothingOfTheAdapter(String options) throws IOException {
        ModifierRun run = filled(linear(DType.F32), options);
        List<Double> adapted = run.values("q.weight");
        run.model().foldAdapter("default");
        run.hasNames("q.weight", "q.bias");
        assertEquals(List.of(), run.model().adapters());
        assertEquals(List.of(), run.model().find("q.weight").orElseThrow().parametrizations());
        assertEquals(adapted, run.values("q.weight"));
    }

    /** P18: what is folded is no adapter any more, which is told, and the weight stays. */
    @Test
    void whatIsFoldedIsNotFoldedAgain() {
        ModifierRun run = filled(linear(DType.F32), "");
        run.model().foldAdapter("default");
        List<Double> folded = run.values("q.weight");
        assertEquals(
                "the model has no adapter `default`; it has none",
                assertThrows(IllegalArgumentException.class, () -> run.model().foldAdapter("default"))
                        .getMessage());
        assertEquals(folded, run.values("q.weight"));
    }

    /** P19: of every kind, what is merged is what the adapter computes on the weight, bit for bit. */
    @ParameterizedTest
    @CsvSource({
        "lora, base-bert",
        "rslora, base-bert",
        "dora, base-bert",
        "patterns, base-bert",
        "head, base-bert",
        "embedding, base-bert",
        "gpt2, base-gpt2"
    })
    void mergedFoldedAndStandingAreTheSame(String adapter, String base) {
        ModifierRun merged = Fixtures.merge(Fixtures.base(base), Fixtures.file(adapter));
        ModifierRun standing = Fixtures.base(base)
                .apply(LORA.modifier(from(Fixtures.file(adapter))))
                .succeeds();
        Map<String, List<Double>> before = new TreeMap<>();
        Fixtures.base(base)
                .draft()
                .tensors()
                .forEach(tensor -> before.put(tensor.name(), standing.values(tensor.name())));
        standing.model().foldAdapter("default");
        before.forEach((name, values) -> {
            assertEquals(values, standing.values(name), name);
            assertEquals(merged.values(name), values, name);
        });
    }

    /** P26: names that contain each other, and of two adapters one alone. */
    @Test
    void adaptersWhoseNamesContainEachOther() throws IOException {
        ModifierRun first = ModelFixture.empty()
                .linear("q", 4, 4, 1)
                .linear("v", 4, 4, 1)
                .apply(LORA.modifier("rank = 2, target-modules = [q], adapter = foo"));
        ModifierRun run = first.then(LORA.modifier("rank = 3, target-modules = [q, v], adapter = foobar"))
                .succeeds();
        List<Artifact> artifacts = new ArrayList<>(first.artifacts());
        artifacts.addAll(run.artifacts());
        for (Artifact artifact : artifacts) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                List.of(
                        "foo/adapter_model.safetensors",
                        "foo/adapter_config.json",
                        "foobar/adapter_model.safetensors",
                        "foobar/adapter_config.json"),
                artifacts.stream().map(Artifact::name).toList());
        assertEquals(List.of("q.lora_A.weight [2, 4]", "q.lora_B.weight [4, 2]"), tensors(folder.resolve("foo")));
        assertEquals(
                List.of(
                        "q.lora_A.weight [3, 4]",
                        "q.lora_B.weight [4, 3]",
                        "v.lora_A.weight [3, 4]",
                        "v.lora_B.weight [4, 3]"),
                tensors(folder.resolve("foobar")));
        Adapter alone = run.model().adapters().get(0);
        AdapterSaver.peft().save(alone, folder.resolve("alone"));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("foo/adapter_model.safetensors")),
                Files.readAllBytes(folder.resolve("alone/adapter_model.safetensors")));
    }

    private static List<String> tensors(Path adapter) {
        return Checkpoint.open(adapter.resolve("adapter_model.safetensors")).tensors().values().stream()
                .map(entry -> entry.name().replace("base_model.model.", "") + " " + entry.shape())
                .sorted()
                .toList();
    }

    /** P27 and P53: each way in which files and model may disagree, whether the adapter is put there or merged. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "q.lora_A | missing-tensor | `q` needs one pair of factors, and the adapter has"
                        + " `base_model.model.q.lora_A.weight`",
                "q.lora_B | missing-tensor | `q` needs one pair of factors, and the adapter has"
                        + " `base_model.model.q.lora_B.weight`",
                "q, r.lora_A | missing-tensor | `r` needs one pair of factors, and the adapter has"
                        + " `base_model.model.r.lora_A.weight`",
                "q, r | unexpected-tensor | the adapter changes modules that the model does not have: `r`",
                "q, r.weight | unexpected-tensor | the adapter holds tensors that have no place in the model: `r.weight`",
                "q, q.lora_E | unexpected-tensor | `adapter_model.safetensors` has 1 tensor with keys that are of another"
                        + " method than LoRA: `base_model.model.q.lora_E.weight`"
            })
    void keysThatAreMissingOrUnexpected(String keys, String code, String message) {
        ModelFixture tensors = ModelFixture.empty();
        for (String key : keys.split(", ")) {
            tensors = key.contains(".") ? with(tensors, key) : with(with(tensors, key + ".lora_A"), key + ".lora_B");
        }
        Path adapter = factors(tensors);
        for (ModifierTester modifier : List.of(LORA, MERGE)) {
            ModifierRun run = linear(DType.F32).apply(modifier.modifier(from(adapter)));
            assertEquals(
                    List.of(code + ": " + message),
                    run.errors().stream()
                            .map(error -> error.code().id() + ": " + error.message())
                            .toList());
            run.changesNothing();
        }
    }

    private static ModelFixture with(ModelFixture tensors, String key) {
        Shape shape = key.endsWith("_B") ? Shape.of(3, 2) : Shape.of(2, 4);
        return tensors.with("base_model.model." + key + (key.endsWith(".weight") ? "" : ".weight"), shape, 1);
    }

    /** P27: a rank that is another one in the two files, and keys that nobody knows. */
    @Test
    void configurationsThatDoNotFit() {
        Path otherRank = factors(pair("q", 1), "{\"peft_type\": \"LORA\", \"r\": 8, \"lora_alpha\": 4}");
        Path unknown =
                factors(pair("q", 1), "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"use_rslorra\": true}");
        for (ModifierTester modifier : List.of(LORA, MERGE)) {
            linear(DType.F32)
                    .apply(modifier.modifier(from(otherRank)))
                    .fails(new ReportedError(
                            ProblemCode.SHAPE_MISMATCH,
                            "adapter-path",
                            "`q` has the rank 2 by its factors, [2, 4] and [3, 2], and another one by the adapter's"
                                    + " configuration, 8",
                            "the two files may be of different adapters"))
                    .changesNothing();
            CheckpointException refused = assertThrows(
                    CheckpointException.class, () -> linear(DType.F32).apply(modifier.modifier(from(unknown))));
            assertEquals(
                    "has keys that are not known here, and that may change what the adapter means: `use_rslorra`; did you"
                            + " mean `use_rslora` or `use_bdlora` or `use_qalora`?",
                    refused.detail() + "; " + refused.help());
        }
    }

    /** P28: rules and beginnings give the adapter other names, and the numbers stay. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "net.q | prefix = \"net.\"",
                "net.q | prefix = auto",
                "p | rename = [{ from = q, to = p }]",
                "net.p | rename = [{ from = q, to = p }]"
            })
    void otherNames(String module, String options) {
        Path adapter = factors(pair("q", 1));
        ModelFixture model = ModelFixture.of(module + ".weight", DType.F32, Shape.of(3, 4), Fixtures.numbers(12, 7, 3));
        for (ModifierTester modifier : List.of(LORA, MERGE)) {
            model.apply(modifier.modifier(from(adapter) + ", " + options))
                    .succeeds()
                    .hasValues(module + ".weight", 2, 5, 1, 4, 7, 3, 6, 2, 5, 1, 4, 7);
        }
    }

    /** P29: nothing that was not read is left where an adapter is loaded. */
    @Test
    void everyTensorHasItsValues() throws IOException {
        ModifierRun run = Fixtures.base("base-bert").apply(LORA.modifier(from(Fixtures.file("lora"))));
        ModelFixture stored = ModelFixture.read(Fixtures.file("lora/adapter_model.safetensors"));
        int factors = 0;
        for (String name : run.names()) {
            List<Double> values = run.values(name);
            assertEquals(run.model().find(name).orElseThrow().shape().elementCount(), values.size(), name);
            if (name.endsWith(".default")) {
                factors++;
                assertEquals(stored.values("base_model.model." + name.replace(".default", ".weight")), values, name);
            }
        }
        assertEquals(8, factors);
    }

    /** P37: two active adapters that train biases have no sum; one of them may wait. */
    @Test
    void oneActiveAdapterAtMostTrainsABias() {
        ModifierRun first = linear(DType.F32)
                .apply(LORA.modifier("target-modules = [q], rank = 2, bias = all"))
                .succeeds();
        List<String> names = first.names();
        ModifierRun second = first.then(LORA.modifier("target-modules = [q], rank = 2, bias = all, adapter = other"));
        assertEquals(
                List.of(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "adapter",
                        "`q.bias` has the active adapter `default` of `saved`, and two of them at once have no meaning",
                        "put this one there inactive, weight = 0, and switch between them")),
                second.errors());
        second.changesNothing();
        assertEquals(names, second.names());
        second.then(LORA.modifier("target-modules = [q], rank = 2, bias = all, adapter = other, weight = 0"))
                .succeeds();
    }

    /** P39. */
    @ParameterizedTest
    @ValueSource(strings = {"default", "other"})
    void anAdapterIsTakenOff(String which) {
        ModifierRun run = linear(DType.F32)
                .apply(LORA.modifier("target-modules = [q], rank = 2, init = random"))
                .then(LORA.modifier("target-modules = [q], rank = 1, init = random, adapter = other, weight = 0"))
                .succeeds();
        List<Double> adapted = run.values("q.weight");
        run.model().unparametrize(which);
        assertEquals(
                which.equals("other") ? List.of("default") : List.of("other"),
                run.model().adapters().stream().map(Adapter::name).toList());
        assertEquals(which.equals("other") ? adapted : linear(DType.F32).values("q.weight"), run.values("q.weight"));
        assertFalse(run.names().stream().anyMatch(name -> name.endsWith("." + which)));
    }

    /** P39: one that is not there, or is a part of the weights by now. */
    @Test
    void anAdapterThatIsNotThereIsNotTakenOff() {
        ModifierRun run = filled(linear(DType.F32), "");
        List<Double> adapted = run.values("q.weight");
        assertEquals(
                "the model has no adapter `othr`; it has `default`",
                assertThrows(IllegalArgumentException.class, () -> run.model().unparametrize("othr"))
                        .getMessage());
        assertEquals(adapted, run.values("q.weight"));
        run.model().foldAdapter("default");
        assertEquals(
                "the model has no adapter `default`; it has none",
                assertThrows(IllegalArgumentException.class, () -> run.model().unparametrize("default"))
                        .getMessage());
        assertEquals(adapted, run.values("q.weight"));
    }

    /** P47: a head that shares the embedding's weight stays tied, or parts and says so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target-modules = [emb], ensure-weight-tying = true | true",
                "target-modules = [emb] | false",
                "target-modules = [lin], modules-to-save = [emb], ensure-weight-tying = true | true",
                "target-modules = [lin], modules-to-save = [emb] | false",
                "target-modules = [lin] | true"
            })
    void tiedWeights(String options, boolean staysTied) {
        ModelFixture model = Fixtures.golden().tie("head.weight", "emb.weight");
        ModifierRun run = model.apply(LORA.modifier("rank = 2, init = random, " + options))
                .succeeds();
        boolean isTied = run.model().tiedTo("emb.weight").contains("head.weight");
        assertEquals(staysTied, isTied);
        if (!staysTied) {
            run.warns(
                    "`emb.weight` is one tensor with `head.weight`, which the adapter does not change: they are no longer"
                            + " tied");
            assertEquals(model.values("head.weight"), run.values("head.weight"));
        }
        if (isTied) {
            assertEquals(run.values("emb.weight"), run.values("head.weight"));
        }
    }

    /** P48: whatever the names are, what is written names the modules that were adapted, and no others. */
    @Test
    void theNamesThatAreWrittenMeanTheModulesThatWereAdapted() {
        Random random = new Random(16);
        for (int round = 0; round < 60; round++) {
            TreeSet<String> modules = new TreeSet<>();
            while (modules.size() < 30) {
                StringBuilder name = new StringBuilder(part(random));
                for (int depth = random.nextInt(4); depth > 0; depth--) {
                    name.append('.').append(part(random));
                }
                modules.add(name.toString());
            }
            modules.removeIf(module -> modules.stream().anyMatch(other -> other.startsWith(module + ".")));
            ModelFixture model = ModelFixture.empty();
            for (String module : modules) {
                model = model.linear(module, 2, 2, 1);
            }
            List<String> shuffled = new ArrayList<>(modules);
            Collections.shuffle(shuffled, random);
            String targets =
                    round % 3 == 0 ? "all-linear" : "[\"" + String.join("\", \"", shuffled.subList(0, 5)) + "\"]";
            ModifierRun run = model.apply(LORA.modifier("rank = 1, target-modules = " + targets
                            + ", exclude-modules = [\"" + shuffled.get(6) + "\"], strict = false"))
                    .succeeds();
            AdapterSettings written = OfAdapter.settings(
                    run.model()
                            .adapters()
                            .get(0)
                            .byTensor()
                            .values()
                            .iterator()
                            .next()
                            .parametrization(),
                    "a test");
            ModuleNames named = ConfiguredModules.targets(written).orElseThrow();
            ModuleNames excluded = ConfiguredModules.under("exclude_modules", written);
            for (String module : modules) {
                assertEquals(
                        run.names().contains(module + ".lora_A.default"),
                        named.contain(module) && !excluded.contain(module),
                        module + " in round " + round);
            }
        }
    }

    private static String part(Random random) {
        String[] parts = {"q", "v", "qv", "layer", "0", "1", "10", "lora_A", "proj", "q_proj"};
        return parts[random.nextInt(parts.length)];
    }

    /** P54: a file that was merged into offline is the model that was merged into in memory; and P16: nothing of the adapter is in it. */
    @ParameterizedTest
    @CsvSource({"lora, base-bert", "dora, base-bert", "embedding, base-bert", "gpt2, base-gpt2"})
    void offlineIsAsInMemory(String adapter, String base) {
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model { checkpoint = \""
                        + Fixtures.file(base + "/model.safetensors") + "\" }, modifiers = [ { type = lora-merge, "
                        + from(Fixtures.file(adapter)) + " } ], output { path = \"" + folder.resolve("out") + "\" } }"))
                .run();
        ModelFixture offline = ModelFixture.read(folder.resolve("out/model.safetensors"));
        ModifierRun memory = Fixtures.merge(Fixtures.base(base), Fixtures.file(adapter));
        int changed = 0;
        for (String name : memory.names()) {
            assertEquals(memory.values(name), offline.values(name), name);
            changed += memory.values(name).equals(Fixtures.base(base).values(name)) ? 0 : 1;
        }
        assertNotEquals(0, changed);
        assertEquals(
                Checkpoint.open(Fixtures.file(base + "/model.safetensors"))
                        .tensors()
                        .keySet(),
                Checkpoint.open(folder.resolve("out/model.safetensors"))
                        .tensors()
                        .keySet());
        assertFalse(Files.exists(folder.resolve("out/adapter_config.json")));
    }
}
