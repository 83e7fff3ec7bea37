package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Plan;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.lora.dialect.AdapterConverter;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.modifiers.lora.extract.AdapterExtractor;
import io.graft.modifiers.lora.resize.AdapterCombiner;
import io.graft.modifiers.lora.resize.AdapterResizer;
import io.graft.modifiers.lora.resize.AdapterSummand;
import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.report.ReportJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an adapter's file tells of the weights that it was made for, and what is said where it goes to others. */
class AdapterBaseTest {
    private static final String KEY = "graft_base";
    private static final String HELP =
            "use it on the model that it was made for; if this one was changed on purpose, make sure that the adapter still"
                    + " does what it should";
    private static final String LORA = "{ type = lora, rank = 2, init = random, target-modules = [q, k] }";

    @TempDir
    Path folder;

    /** Two linear layers, large enough that only a part of their values is read, of numbers that F16 holds, times something. */
    private static ModelFixture model(DType dtype, double times) {
        return model("net.", dtype, numbers(2000, times), numbers(1500, times));
    }

    private static ModelFixture model(String prefix, DType dtype, double[] q, double[] k) {
        return ModelFixture.empty()
                .with(prefix + "q.weight", dtype, Shape.of(40, 50), q)
                .with(prefix + "q.bias", dtype, Shape.of(40), numbers(40, 1))
                .with(prefix + "k.weight", dtype, Shape.of(30, 50), k)
                .with(prefix + "k.bias", dtype, Shape.of(30), numbers(30, 1));
    }

    private static double[] numbers(int count, double times) {
        double[] numbers = Fixtures.numbers(count, 61, 30);
        for (int i = 0; i < count; i++) {
            numbers[i] *= times;
        }
        return numbers;
    }

    private Path save(String name, ModelFixture model) throws IOException {
        return model.save(Files.createDirectories(folder.resolve(name)), "model");
    }

    private Plan run(Path model, String modifiers, String out) {
        return ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model.checkpoint = \"" + model + "\", modifiers = [ "
                        + modifiers + " ], output.path = \"" + folder.resolve(out) + "\" }"))
                .run()
                .plan();
    }

    private Path adapterOf(Path model) {
        run(model, LORA, "adapter");
        return folder.resolve("adapter");
    }

    private static String load(Path adapter) {
        return "{ type = lora, adapter-path = \"" + adapter + "\" }";
    }

    private static String merge(Path adapter) {
        return "{ type = lora-merge, adapter-path = \"" + adapter + "\" }";
    }

    private static List<String> said(Plan plan) {
        return plan.problems().stream()
                .map(problem -> problem.severity() + " " + problem.code().id() + " " + problem.path() + ": "
                        + problem.message() + "; " + problem.help())
                .toList();
    }

    private static List<String> warned(int differing, int of, String... names) {
        return List.of(
                "WARNING base-mismatch graft.modifiers[0].adapter-path: the adapter was made for another base: of"
                        + " the weights that it changes, " + differing + " of " + of + " had other values there: "
                        + Stream.of(names).map(name -> "`" + name + "`").collect(Collectors.joining(", ")) + "; "
                        + HELP);
    }

    private static Map<String, String> metadata(Path adapter) {
        return Checkpoint.open(adapter.resolve("adapter_model.safetensors")).metadata();
    }

    private static Map<String, Object> digests(Path adapter) {
        return AdapterSettings.parse("", metadata(adapter).getOrDefault(KEY, "{}"))
                .values();
    }

    /** I8: outputs are those of before, to the bit, and the file has the adapter alone and digests of what it is for. */
    @Test
    void i8AnAdapterThatIsSavedAloneIsLoadedOnItsBase() throws Exception {
        Path saved = folder.resolve("saved");
        try (Network network = new Network()) {
            network.model.save(folder, "base");
            ModifiedModel trained =
                    network.run("{ type = lora, rank = 2, init = random, target-modules = [\"0\", \"2\"] }");
            float[] outputs = network.outputs();
            AdapterSaver.peft().save(trained.adapters().get(0), saved);
            try (Network other = new Network()) {
                other.model.load(folder, "base");
                ModifiedModel loaded = other.run(load(saved));
                assertArrayEquals(outputs, other.outputs());
                assertEquals(List.of(), loaded.report().problems());
            }
        }
        Checkpoint file = Checkpoint.open(saved.resolve("adapter_model.safetensors"));
        assertEquals(
                Set.of(
                        "base_model.model.0.lora_A.weight",
                        "base_model.model.0.lora_B.weight",
                        "base_model.model.2.lora_A.weight",
                        "base_model.model.2.lora_B.weight"),
                file.tensors().keySet());
        assertEquals(Set.of("format", KEY), file.metadata().keySet());
        assertEquals(Set.of("0", "2"), digests(saved).keySet());
    }

    /** A block of random weights, which others of its class do not have. */
    private static final class Network implements AutoCloseable {
        private final Model model = Model.newInstance("network", "PyTorch");

        Network() {
            model.setBlock(new SequentialBlock()
                    .add(Linear.builder().setUnits(60).build())
                    .add(Activation::tanh)
                    .add(Linear.builder().setUnits(3).build()));
            model.getBlock().initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(4, 40));
        }

        ModifiedModel run(String modifiers) {
            return ModelModifierApplier.create()
                    .model(model)
                    .configuration(ConfigFactory.parseString("graft.modifiers = [ " + modifiers + " ]"))
                    .run();
        }

        float[] outputs() {
            try (NDManager scope = model.getNDManager().newSubManager()) {
                NDArray input = scope.arange(160f).sin().reshape(4, 40);
                return model.getBlock()
                        .forward(new ParameterStore(scope, false), new NDList(input), false)
                        .singletonOrThrow()
                        .toFloatArray();
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }

    @Test
    void nothingIsSaidOnTheBaseItself() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        Path adapter = adapterOf(base);
        assertEquals(List.of(), said(run(base, load(adapter), "again")));
        assertEquals(List.of(), said(run(base, merge(adapter), "merged")));
        assertEquals(digests(adapter), digests(folder.resolve("again")));
    }

    @ParameterizedTest
    @CsvSource({"load, again", "merge, merged"})
    void anotherBaseOfTheSameShapesIsToldOf(String use, String out) throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        Path other = save("other", model(DType.F32, 0.02));
        assertEquals(
                warned(2, 2, "net.k.weight", "net.q.weight"),
                said(run(other, use.equals("load") ? load(adapter) : merge(adapter), out)));
    }

    @Test
    void oneWeightThatDiffersIsNamed() throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        double[] changed = numbers(2000, 0.01);
        changed[1999] += 1e-6;
        Path other = save("other", model("net.", DType.F32, changed, numbers(1500, 0.01)));
        assertEquals(warned(1, 2, "net.q.weight"), said(run(other, load(adapter), "again")));
    }

    @Test
    void programsFindTheWarningByItsCode() throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        Path other = save("other", model(DType.F32, 0.02));
        String json = ReportJson.compact("apply", folder).of(run(other, load(adapter), "again"));
        assertTrue(
                json.contains(
                        "{\"code\":\"base-mismatch\",\"severity\":\"warning\",\"path\":\"graft.modifiers[0].adapter-path\",\"file\":\"String\",\"line\":1,\"message\":\"the"
                                + " adapter was made for another base: of the weights that it changes, 2 of 2 had other values there: `net.k.weight`,"
                                + " `net.q.weight`\",\"help\":\"" + HELP + "\""),
                json);
        assertTrue(json.contains("\"status\":\"ok\""), json);
    }

    /** Of the numbers that the narrower dtype holds, and of others, which it rounds. */
    @ParameterizedTest
    @CsvSource({
        "F32, F16, 1", "F32, BF16, 1", "F16, F32, 1", "BF16, F32, 1", "F64, F32, 1", "F16, BF16, 1",
        "F32, F16, 0.01", "F32, BF16, 0.01", "F16, F32, 0.01", "BF16, F32, 0.01", "F64, F32, 0.01", "F32, F64, 0.01"
    })
    void theSameBaseInAnotherDtypeIsTheSame(DType made, DType used, double times) throws IOException {
        Path adapter = adapterOf(save("base", model(made, times)));
        assertEquals(List.of(), said(run(save("other", model(used, times)), load(adapter), "again")));
    }

    @Test
    void anAdapterThatTellsNothingIsNotCompared() throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        Path old = Files.createDirectory(folder.resolve("old"));
        ModelFixture.read(adapter.resolve("adapter_model.safetensors")).save(old, "adapter_model");
        Files.copy(adapter.resolve("adapter_config.json"), old.resolve("adapter_config.json"));
        assertEquals(Map.of("format", "pt"), metadata(old));
        assertEquals(List.of(), said(run(save("other", model(DType.F32, 0.02)), load(old), "again")));
    }

    @Test
    void adaptersOfPeftTellNothing() {
        Path base = Fixtures.file("base-bert/model.safetensors");
        assertEquals(List.of(), said(run(base, load(Fixtures.file("lora")), "again")));
        assertEquals(4, digests(folder.resolve("again")).size());
    }

    /** The names are those of the adapter, wherever the model has others. */
    @Test
    void namesOfAnotherPrefixAreComparedAsTheyAreFound() throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        ModelFixture bare = model("other.net.", DType.F32, numbers(2000, 0.01), numbers(1500, 0.03));
        assertEquals(warned(1, 2, "other.net.k.weight"), said(run(save("other", bare), load(adapter), "again")));
        assertEquals(Set.of("net.q", "net.k"), digests(folder.resolve("again")).keySet());
    }

    /** Both were trained on the base; the second one sees it with the first one in it. */
    @Test
    void adaptersOfOneBaseAreMergedOneAfterTheOther() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        Path adapter = adapterOf(base);
        assertEquals(List.of(), said(run(base, merge(adapter) + ", " + merge(adapter), "merged")));
    }

    @Test
    void theBaseIsWhatIsBelowOtherAdapters() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        Path adapter = adapterOf(base);
        run(base, "{ type = lora, adapter = other, adapter-path = \"" + adapter + "\" }, " + LORA, "both");
        assertEquals(digests(adapter), digests(folder.resolve("both")));
        assertEquals(digests(adapter), digests(folder.resolve("both/other")));
    }

    /** Of one that was made on a merged model, that is the base. */
    @Test
    void anAdapterForAMergedModelIsForThat() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        Path adapter = adapterOf(base);
        run(base, merge(adapter) + ", " + LORA, "both");
        assertFalse(digests(folder.resolve("both")).equals(digests(adapter)));
        assertEquals(
                List.of(), said(run(folder.resolve("both/model.safetensors"), load(folder.resolve("both")), "again")));
        assertEquals(List.of(), said(run(base, merge(adapter) + ", " + load(folder.resolve("both")), "once")));
    }

    /** A head that is trained whole may start as anything. */
    @Test
    void whatTheAdapterHasWholeIsNotCompared() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        run(base, "{ type = lora, rank = 2, target-modules = [q], modules-to-save = [k] }", "adapter");
        assertEquals(Set.of("net.q"), digests(folder.resolve("adapter")).keySet());
        Path other = save("other", model("net.", DType.F32, numbers(2000, 0.01), numbers(1500, 0.02)));
        assertEquals(List.of(), said(run(other, load(folder.resolve("adapter")), "again")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type = lora, rank = 2, target-modules = [q, k], use-dora = true",
                "type = lora, rank = 2, target-modules = [q, k], init = pissa",
                "type = lora, rank = 2, target-modules = [q, k], bias = all",
                "type = lora, rank = 2, target-modules = [q, k], lora-bias = true",
                "type = lora, rank = 2, target-parameters = [q.weight, k.weight]",
                "type = adapter, method = ia3, target-modules = [q, k], settings { feedforward_modules = [k] }",
                "type = adapter, method = vera, target-modules = [q, k], settings { r = 4 }",
                "type = adapter, method = lokr, target-modules = [q, k], settings { r = 4 }"
            })
    void eachMethodIsCompared(String modifier) throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        run(base, "{ " + modifier + " }", "adapter");
        Path adapter = folder.resolve("adapter");
        assertEquals(List.of(), said(run(base, load(adapter), "again")));
        assertEquals(digests(adapter), digests(folder.resolve("again")));
        assertEquals(
                warned(2, 2, "net.k.weight", "net.q.weight"),
                said(run(save("other", model(DType.F32, 0.02)), merge(adapter), "merged")).stream()
                        .sorted()
                        .toList());
    }

    @Test
    void trainedRowsAreOfTheirEmbedding() throws IOException {
        String modifier = "{ type = lora, target-modules = [lin], rank = 1, trainable-token-indices { emb = [1, 3] } }";
        Path base = save("base", Fixtures.golden());
        run(base, modifier, "adapter");
        assertEquals(Set.of("emb", "lin"), digests(folder.resolve("adapter")).keySet());
        ModelFixture others = ModelFixture.empty()
                .with("emb.weight", Shape.of(5, 4), Fixtures.numbers(20, 5, 2))
                .with("lin.weight", Shape.of(3, 4), Fixtures.numbers(12, 7, 3));
        Path other = save("other", others);
        assertEquals(warned(1, 2, "emb.weight"), said(run(other, load(folder.resolve("adapter")), "again")));
    }

    @Test
    void aLiveModelIsComparedWithTheFileThatItCameFrom() throws Exception {
        Path saved = folder.resolve("saved");
        Path again = folder.resolve("again");
        String lora = "{ type = lora, rank = 2, init = random, target-modules = [\"0\", \"2\"] }";
        try (Network network = new Network();
                Network other = new Network()) {
            AdapterSaver.peft().save(network.run(lora).adapters().get(0), saved);
            ModifiedModel loaded = other.run(load(saved));
            assertEquals(
                    List.of(
                            "WARNING base-mismatch graft.modifiers[0].adapter-path: the adapter was made for another base: of the"
                                    + " weights that it changes, 2 of 2 had other values there: `0.weight`, `2.weight`; "
                                    + HELP),
                    said(loaded.report().plan()));
            AdapterSaver.peft().save(loaded.adapters().get(0), again);
        }
        // It is for the base that it stands on now.
        assertFalse(digests(saved).equals(digests(again)));
    }

    /** What trained with the adapter is what it is for. */
    @Test
    void aBaseThatWasTrainedOnIsTheOneThatTheAdapterIsFor() throws Exception {
        Path before = folder.resolve("before");
        Path after = folder.resolve("after");
        try (Network network = new Network()) {
            ModifiedModel modified =
                    network.run("{ type = lora, rank = 2, target-modules = [\"0\"], train-base = true }");
            AdapterSaver.peft().save(modified.adapters().get(0), before);
            NDArray weight = modified.parameters().get("0.weight").getArray();
            weight.muli(2);
            AdapterSaver.peft().save(modified.adapters().get(0), after);
        }
        assertFalse(digests(before).equals(digests(after)));
    }

    private Path two(String name, double times) throws IOException {
        Path base = save(name + "-base", model(DType.F32, times));
        run(base, LORA, name);
        return folder.resolve(name);
    }

    private ResizedAdapter combine(String out, Path... adapters) throws IOException {
        return new AdapterCombiner(Optional.empty(), AdapterDialects.discover())
                .combine(
                        Stream.of(adapters)
                                .map(adapter -> new AdapterSummand(adapter, 0.5))
                                .toList(),
                        folder.resolve(out));
    }

    @Test
    void adaptersOfOneBaseAreCombinedForIt() throws IOException {
        Path one = two("one", 0.01);
        assertEquals(List.of(), combine("sum", one, one, Fixtures.file("lora")).problems());
        assertEquals(digests(one), digests(folder.resolve("sum")));
    }

    @Test
    void adaptersOfDifferentBasesAreToldOf() throws IOException {
        Path one = two("one", 0.01);
        Path other = two("other", 0.02);
        assertEquals(
                List.of(new Problem(
                        ProblemCode.BASE_MISMATCH,
                        Severity.WARNING,
                        "",
                        Optional.empty(),
                        "`" + other + "` was made for another base than the adapters before it: of the weights that it"
                                + " changes, 2 of 2 had other values there: `net.k`, `net.q`",
                        List.of(),
                        "combine adapters of one base, or make sure that the sum does what it should")),
                combine("sum", one, other, one).problems());
        assertEquals(Map.of(), digests(folder.resolve("sum")));
    }

    @Test
    void whatIsMadeOfAnAdapterIsForItsBase() throws IOException {
        Path one = two("one", 0.01);
        new AdapterResizer(new TargetRank.Fixed(1)).resize(one, folder.resolve("smaller"));
        assertEquals(digests(one), digests(folder.resolve("smaller")));
    }

    /** Whatever names their tensors have, files of safetensors tell it. */
    @ParameterizedTest
    @ValueSource(strings = {"mlx", "kohya", "diffusers"})
    void anotherDialectTellsItToo(String dialect) throws IOException {
        Path one = two("one", 0.01);
        Path base = folder.resolve("one-base/model.safetensors");
        Optional<String> section = dialect.equals("mlx") ? Optional.empty() : Optional.of("unet");
        assertEquals(
                List.of(),
                convert(dialect, base, section, one, folder.resolve("converted")).stream()
                        .filter(note -> note.contains("made for"))
                        .toList());
        convert("peft", base, section, folder.resolve("converted"), folder.resolve("back"));
        assertEquals(digests(one), digests(folder.resolve("back")));
        assertEquals(
                warned(2, 2, "net.k.weight", "net.q.weight"),
                said(run(save("other", model(DType.F32, 0.02)), load(folder.resolve("converted")), "again")));
    }

    @Test
    void aFileOfPytorchHasNoPlaceForItWhichIsTold() throws IOException {
        Path base = save("base", ModelFixture.empty().with("model.layers.0.mlp.up_proj.weight", Shape.of(3, 4), 1));
        run(
                base,
                "{ type = lora, rank = 2, target-modules = [up_proj], layers { \"**.up_proj\" = linear } }",
                "adapter");
        assertEquals(
                List.of("left out: `lora_dropout`", "which weights it was made for is not said"),
                convert("torchtune", base, Optional.empty(), folder.resolve("adapter"), folder.resolve("converted")));
    }

    private static List<String> convert(String dialect, Path base, Optional<String> section, Path adapter, Path out)
            throws IOException {
        AdapterDialects dialects = AdapterDialects.discover();
        return new AdapterConverter(dialects, dialects.named(dialect), Optional.of(base), section)
                .convert(adapter, out)
                .notes();
    }

    @Test
    void anExtractedAdapterIsForWhatWasTrainedFrom() throws IOException {
        Path base = save("base", model(DType.F32, 0.01));
        Path tuned = save("tuned", model(DType.F32, 0.03));
        Path extracted = folder.resolve("extracted");
        new AdapterExtractor(new TargetRank.Fixed(3), List.of(), List.of(), Map.of())
                .extract(Checkpoint.open(base), Checkpoint.open(tuned), extracted);
        assertEquals(Set.of("net.q", "net.k"), digests(extracted).keySet());
        assertEquals(List.of(), said(run(base, merge(extracted), "merged")));
        assertEquals(warned(2, 2, "net.k.weight", "net.q.weight"), said(run(tuned, merge(extracted), "twice")));
    }

    @Test
    void whatIsNoDigestIsRefused() throws IOException {
        Path adapter = adapterOf(save("base", model(DType.F32, 0.01)));
        Path broken = Files.createDirectory(folder.resolve("broken"));
        Files.copy(adapter.resolve("adapter_config.json"), broken.resolve("adapter_config.json"));
        List<OutputTensor> tensors = new ArrayList<>();
        Checkpoint.open(adapter.resolve("adapter_model.safetensors"))
                .stored()
                .values()
                .forEach(tensor ->
                        tensors.add(new OutputTensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor::data)));
        new SafetensorsWriter(
                        broken, "adapter_model", SafetensorsWriter.UNLIMITED, Map.of(KEY, "{\"net.q\": \"12 34 56\"}"))
                .write(tensors);
        GraftException refused = assertThrows(
                GraftException.class, () -> run(folder.resolve("base/model.safetensors"), load(broken), "x"));
        assertEquals(
                "`" + broken.resolve("adapter_model.safetensors")
                        + "`: says in its metadata, `graft_base`, what `net.q` was, and that is no digest of a weight",
                refused.problems().get(0).message());
        assertEquals("save the adapter again", refused.problems().get(0).help());
    }
}
