package io.graft.lora.dialect;

import static io.graft.lora.dialect.DialectFixtures.convert;
import static io.graft.lora.dialect.DialectFixtures.file;
import static io.graft.lora.dialect.DialectFixtures.tensors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException;
import io.graft.model.DraftTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each tool's files are read as, and how they are written. */
class DialectsTest {
    private static final Path LLAMA = file("llama");

    @TempDir
    Path folder;

    private static String tensorsOf(Path adapter) {
        return AdapterDialects.discover().fileIn(adapter).toString();
    }

    /** Of the adapter that was written. */
    private Map<String, String> written(String name) {
        return tensors(Path.of(tensorsOf(folder.resolve(name))));
    }

    private String refusal(Path from, String to) {
        return refusal(from, to, null, null);
    }

    /** Nothing is written then. */
    private String refusal(Path from, String to, Path base, String section) {
        String message = assertThrows(
                        CheckpointException.class, () -> convert(from, to, folder.resolve("refused"), base, section))
                .getMessage();
        assertFalse(Files.exists(folder.resolve("refused")));
        return message.startsWith(tensorsOf(from))
                ? message.substring(tensorsOf(from).length() + 2)
                : message;
    }

    @ParameterizedTest
    @CsvSource({
        "llama/peft, peft",
        "llama/mlx, mlx",
        "llama/torchtune, torchtune",
        "unet/diffusers, diffusers",
        "unet/kohya.safetensors, kohya",
        "unet/old-processor.safetensors, diffusers",
        "unet/old-layers.safetensors, diffusers"
    })
    void filesAreRecognised(String name, String dialect) {
        AdapterDialects dialects = AdapterDialects.discover();
        AdapterSource source = AdapterSource.of(
                dialects.fileIn(file(name)), Optional.empty(), Optional.empty(), (code, message, help) -> {
                    throw new AssertionError(message);
                });
        assertEquals(dialect, dialects.of(source).id());
    }

    /** The files of the tests are what the tools' own formulas make of PEFT's. */
    @ParameterizedTest
    @CsvSource({"llama, mlx", "llama, torchtune", "llama-dora, mlx", "llama-dora, torchtune"})
    void anotherToolsFilesAreWrittenAsItWritesThem(String model, String dialect) throws IOException {
        convert(file(model + "/peft"), dialect, folder.resolve("out"), file(model), null);
        assertEquals(tensors(Path.of(tensorsOf(file(model + "/" + dialect)))), written("out"));
    }

    @ParameterizedTest
    @CsvSource({"llama, mlx", "llama, torchtune", "llama-dora, mlx", "llama-dora, torchtune"})
    void anotherToolsFilesAreReadAsThoseOfPeft(String model, String dialect) throws IOException {
        convert(file(model + "/" + dialect), "peft", folder.resolve("out"), file(model), null);
        assertEquals(tensors(file(model + "/peft/adapter_model.safetensors")), written("out"));
    }

    @ParameterizedTest
    @CsvSource({
        "llama, mlx, ",
        "llama, torchtune, ",
        "llama, kohya, unet",
        "llama, diffusers, transformer",
        "llama-dora, mlx, ",
        "llama-dora, torchtune, ",
        "llama-dora, diffusers, transformer"
    })
    void thereAndBackIsTheSame(String model, String dialect, String section) throws IOException {
        convert(file(model + "/peft"), dialect, folder.resolve("there"), file(model), section);
        convert(folder.resolve("there"), "peft", folder.resolve("back"), file(model), null);
        assertEquals(tensors(file(model + "/peft/adapter_model.safetensors")), written("back"));
        assertEquals(
                new Adapter(List.of(), AdapterSettings.read(file(model + "/peft/adapter_config.json")))
                        .settings()
                        .scale("model.layers.0.self_attn.q_proj", 2),
                AdapterSettings.read(folder.resolve("back/adapter_config.json"))
                        .scale("model.layers.0.self_attn.q_proj", 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16", "F64"})
    void everyBitStaysWhateverTheNumbersAre(String dtype) throws IOException {
        DType type = DType.valueOf(dtype);
        ModelFixture adapter = ModelFixture.empty()
                .with(
                        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                        type,
                        Shape.of(1, 4),
                        Double.NaN,
                        -0.0,
                        Double.NEGATIVE_INFINITY,
                        1e-7)
                .with(
                        "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight",
                        type,
                        Shape.of(16, 1),
                        1,
                        2,
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        9,
                        10,
                        11,
                        12,
                        13,
                        14,
                        Double.NaN,
                        -0.0);
        Path from = Files.createDirectory(folder.resolve("from"));
        adapter.save(from, "adapter_model");
        Files.writeString(
                from.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 2}");
        for (String dialect : List.of("mlx", "torchtune")) {
            convert(from, dialect, folder.resolve(dialect), LLAMA, null);
            convert(folder.resolve(dialect), "peft", folder.resolve(dialect + "-back"), LLAMA, null);
            assertEquals(tensors(from.resolve("adapter_model.safetensors")), written(dialect + "-back"));
        }
    }

    /** Kohya's names have lost their dots, which the names of the models give back. */
    @Test
    void kohyaAndDiffusersAreOneAdapter() throws IOException {
        Path both = ModelFixture.read(file("unet/model.safetensors"))
                .with("text_model.encoder.layers.0.self_attn.q_proj.weight", Shape.of(4, 4), 0)
                .save(folder, "both");
        convert(file("unet/kohya.safetensors"), "diffusers", folder.resolve("diffusers"), both, null);
        assertEquals(tensors(file("unet/diffusers/pytorch_lora_weights.safetensors")), written("diffusers"));
        convert(file("unet/diffusers"), "kohya", folder.resolve("kohya"));
        assertEquals(tensors(file("unet/kohya.safetensors")), written("kohya"));
        // What Graft wrote itself tells its names.
        convert(folder.resolve("kohya"), "diffusers", folder.resolve("again"));
        assertEquals(written("diffusers"), written("again"));
        assertEquals(
                "has names of modules without dots, which `diffusers` needs; name the model whose modules they are:"
                        + " --base MODEL",
                refusal(file("unet/kohya.safetensors"), "diffusers"));
        assertEquals(
                "none of the 1 modules that the adapter has for `text_encoder` are the model's:"
                        + " `lora_te_text_model_encoder_layers_0_self_attn_q_proj`; name the model that this part is for, or"
                        + " another part with `section`",
                refusal(file("unet/kohya.safetensors"), "diffusers", file("unet/model.safetensors"), null));
    }

    @Test
    void namesWithoutDotsThatAreOfSeveralModulesAreRefused() {
        Path base = ModelFixture.of("a.b_c.weight", DType.F32, Shape.of(2, 2), 0)
                .with("a_b.c.weight", Shape.of(2, 2), 0)
                .save(folder, "base");
        Path adapter = ModelFixture.of("lora_unet_a_b_c.lora_down.weight", DType.F32, Shape.of(1, 2), 1)
                .with("lora_unet_a_b_c.lora_up.weight", Shape.of(2, 1), 1)
                .save(folder, "adapter");
        assertEquals(
                "names without dots are of several modules: `lora_unet_a_b_c` may be `a.b_c`, `a_b.c`; name a model of"
                        + " which each module is one",
                refusal(adapter, "diffusers", base, null));
    }

    @Test
    void theModelOfAPipelineIsChosen() throws IOException {
        ConvertedAdapter converted = convert(file("unet/diffusers"), "peft", folder.resolve("out"), null, "unet");
        assertEquals(List.of("that it is for `unet` is not said"), converted.notes());
        assertEquals(6, converted.tensors());
        convert(folder.resolve("out"), "diffusers", folder.resolve("back"), null, "unet");
        Map<String, String> whole = tensors(file("unet/diffusers/pytorch_lora_weights.safetensors"));
        whole.keySet().removeIf(key -> key.startsWith("text_encoder."));
        assertEquals(whole, written("back"));
        assertEquals(
                "holds what `peft` cannot say: adapters of 2 models, `text_encoder`, `unet` (choose one with --section);"
                        + " leave it as it is, or merge it with lora-merge",
                refusal(file("unet/diffusers"), "peft"));
        assertEquals(
                "has no adapter for `vae`; it has those for `text_encoder`, `unet`",
                refusal(file("unet/diffusers"), "peft", null, "vae"));
        assertEquals(
                "holds what `diffusers` cannot say: an adapter that does not tell which model of a pipeline it is for (name"
                        + " it with --section, such as unet, transformer or text_encoder); leave it as it is, or merge it with"
                        + " lora-merge",
                refusal(file("llama/peft"), "diffusers"));
    }

    /** Without settings, an alpha beside the factors counts, else the scale is 1. */
    @Test
    void diffusersOfOldHaveTheirOwnNames() throws IOException {
        convert(file("unet/old-processor.safetensors"), "peft", folder.resolve("processor"), null, null);
        AdapterSettings settings = AdapterSettings.read(folder.resolve("processor/adapter_config.json"));
        assertEquals(1.0, settings.scale("down_blocks.0.attn1.to_q", 2));
        assertEquals(1.0, settings.scale("down_blocks.0.attn1.to_out.0", 4));
        convert(file("unet/old-layers.safetensors"), "peft", folder.resolve("unet"), null, "unet");
        convert(file("unet/old-layers.safetensors"), "peft", folder.resolve("text"), null, "text_encoder");
        assertEquals(
                0.5,
                AdapterSettings.read(folder.resolve("unet/adapter_config.json")).scale("down_blocks.0.attn1.to_q", 2));
        assertEquals(
                1.0,
                AdapterSettings.read(folder.resolve("text/adapter_config.json"))
                        .scale("text_model.encoder.layers.0.self_attn.q_proj", 2));
        Map<String, String> today = tensors(file("unet/diffusers/pytorch_lora_weights.safetensors"));
        written("text")
                .forEach((key, tensor) ->
                        assertEquals(today.get(key.replace("base_model.model.", "text_encoder.")), tensor, key));
        written("processor")
                .forEach((key, tensor) ->
                        assertEquals(today.get(key.replace("base_model.model.", "unet.")), tensor, key));
    }

    @Test
    void whatIsSaidOtherwiseOrLeftOutIsTold() throws IOException {
        ConvertedAdapter converted = convert(file("llama/peft"), "kohya", folder.resolve("out"), null, "unet");
        assertEquals("peft", converted.from());
        assertEquals("kohya", converted.to());
        assertEquals(28, converted.tensors());
        assertEquals(List.of("left out: `lora_dropout`"), converted.notes());
        assertEquals(1, converted.outputs().size());
        Path stabilised = peft("stabilised", "\"use_rslora\": true, \"r\": 2, \"lora_alpha\": 4", 2);
        assertEquals(
                List.of("`use_rslora` is said by other alphas, of the same scales"),
                convert(stabilised, "kohya", folder.resolve("scaled"), null, "unet")
                        .notes());
        assertEquals(
                4 * Math.sqrt(2),
                ModelFixture.read(folder.resolve("scaled/adapter.safetensors"))
                        .values("lora_unet_lin.alpha")
                        .get(0),
                1e-6);
    }

    /** An adapter of PEFT for one linear layer of 4 to 3. */
    private Path peft(String name, String settings, int rank) throws IOException {
        return peft(
                name,
                settings,
                ModelFixture.of("base_model.model.lin.lora_A.weight", DType.F32, Shape.of(rank, 4), 1)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, rank), 1));
    }

    private Path peft(String name, String settings, ModelFixture tensors) throws IOException {
        Path adapter = Files.createDirectory(folder.resolve(name));
        tensors.save(adapter, "adapter_model");
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", " + settings + "}");
        return adapter;
    }

    private String unsaid(String name, String settings, ModelFixture more, String dialect) throws IOException {
        ModelFixture tensors = ModelFixture.of("base_model.model.lin.lora_A.weight", DType.F32, Shape.of(2, 4), 1)
                .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1);
        for (DraftTensor tensor : more.draft().tensors()) {
            tensors = tensors.with(tensor.name(), tensor.shape(), 1);
        }
        String refusal = refusal(peft(name, settings, tensors), dialect, null, "unet");
        String before = "holds what `" + dialect + "` cannot say: ";
        String after = "; leave it as it is, or merge it with lora-merge";
        return refusal.startsWith(before) && refusal.endsWith(after)
                ? refusal.substring(before.length(), refusal.length() - after.length())
                : refusal;
    }

    @Test
    void whatADialectCannotSayIsNamed() throws IOException {
        String plain = "\"r\": 2, \"lora_alpha\": 4";
        assertEquals(
                "magnitudes of DoRA (`model.layers.0.mlp.down_proj`, `model.layers.0.mlp.gate_proj`,"
                        + " `model.layers.0.mlp.up_proj`, `model.layers.0.self_attn.k_proj` and 10 more)",
                refusal(file("llama-dora/peft"), "kohya", null, "unet")
                        .replace("holds what `kohya` cannot say: ", "")
                        .replace("; leave it as it is, or merge it with lora-merge", ""));
        assertEquals(
                "biases of updates (`lin`)",
                unsaid(
                        "bias",
                        plain,
                        ModelFixture.of("base_model.model.lin.lora_B.bias", DType.F32, Shape.of(3), 1),
                        "mlx"));
        assertEquals(
                "tensors that were saved whole (`head.bias`)",
                unsaid(
                        "head",
                        plain + ", \"modules_to_save\": [\"head\"]",
                        ModelFixture.of("base_model.model.head.bias", DType.F32, Shape.of(3), 1),
                        "kohya"));
        assertEquals(
                "`target_parameters`; `alora_invocation_tokens`; `init_lora_weights` = pissa, which has changed the base"
                        + " weights before training",
                unsaid(
                        "settings",
                        plain + ", \"target_parameters\": [\"x\"], \"alora_invocation_tokens\": [1],"
                                + " \"init_lora_weights\": \"pissa\"",
                        ModelFixture.empty(),
                        "mlx"));
        assertEquals(
                "modules that torchtune has no names for (`lin`)",
                unsaid("names", plain, ModelFixture.empty(), "torchtune"));
        assertEquals(
                "gives `lin` the rank 8, and its factors have 2; the two files may be of different adapters",
                unsaid("rank", "\"r\": 8, \"lora_alpha\": 4", ModelFixture.empty(), "kohya")
                        .replaceFirst(".*adapter_config.json: ", ""));
    }

    @Test
    void ranksThatDifferAreSaidByThoseWhoCan() throws IOException {
        Path adapter = peft(
                "patterns",
                "\"r\": 2, \"lora_alpha\": 4, \"rank_pattern\": {\"b\": 1}, \"alpha_pattern\": {\"b\": 8}",
                ModelFixture.of("base_model.model.a.lora_A.weight", DType.F32, Shape.of(2, 4), 1)
                        .with("base_model.model.a.lora_B.weight", Shape.of(3, 2), 1)
                        .with("base_model.model.b.lora_A.weight", Shape.of(1, 4), 1)
                        .with("base_model.model.b.lora_B.weight", Shape.of(3, 1), 1));
        convert(adapter, "kohya", folder.resolve("kohya"), null, "unet");
        convert(folder.resolve("kohya"), "peft", folder.resolve("back"), null, null);
        AdapterSettings settings = AdapterSettings.read(folder.resolve("back/adapter_config.json"));
        assertEquals(List.of(2.0, 8.0), List.of(settings.scale("a", 2), settings.scale("b", 1)));
        assertEquals(tensors(adapter.resolve("adapter_model.safetensors")), written("back"));
        assertEquals(
                "holds what `mlx` cannot say: ranks that differ (2, 1); scales that differ (2.0, 8.0); leave it as it is, or"
                        + " merge it with lora-merge",
                refusal(adapter, "mlx"));
    }

    @Test
    void theOrderOfHeadsNeedsTheModel() {
        assertEquals(
                "outputs of query and key lie in another order in torchtune than in transformers, and nothing tells the"
                        + " model's family and its numbers of heads; convert it first: graft lora convert --to peft --base"
                        + " MODEL, the folder of the model with its config.json",
                refusal(file("llama/torchtune"), "peft"));
        assertEquals(
                "holds what `torchtune` cannot say: the order of the outputs of query and key (nothing tells the model's"
                        + " family and its numbers of heads); leave it as it is, or merge it with lora-merge",
                refusal(file("llama/peft"), "torchtune"));
    }

    @Test
    void settingsOfMlxThatCannotBeTakenAsTheyAre() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("mlx"));
        ModelFixture.of("lin.lora_a", DType.F32, Shape.of(4, 2), 1)
                .with("lin.lora_b", Shape.of(2, 3), 1)
                .save(adapter, "adapters");
        Path config = adapter.resolve("adapter_config.json");
        assertEquals(
                "has no adapter_config.json beside it, which tells the scale; name the folder that mlx_lm.lora wrote",
                refusal(adapter, "peft"));
        for (Map.Entry<String, String> wrong : Map.of(
                        "{\"fine_tune_type\": \"full\"}",
                        "`fine_tune_type` must be lora or dora, and is full; save the adapter again",
                        "{}",
                        "lacks `lora_parameters`, an object with `rank` and `scale`; save the adapter again",
                        "{\"lora_parameters\": {\"rank\": 2, \"scale\": 3, \"alpha\": 16}}",
                        "has `alpha` beside `scale`: mlx-lm before 0.19 multiplied the scale by alpha / rank, and later ones"
                                + " ignore it; take `alpha` out, and multiply `scale` by alpha / rank if an old mlx-lm"
                                + " trained it",
                        "{\"lora_parameters\": {\"rank\": 2, \"scale\": 3, \"rsl\": true}}",
                        "has keys in `lora_parameters` that may change what the adapter means: `rsl`; merge it with"
                                + " `mlx_lm.fuse`")
                .entrySet()) {
            Files.writeString(config, wrong.getKey());
            assertEquals(config + ": " + wrong.getValue(), refusal(adapter, "peft"));
        }
        Files.writeString(config, "{\"lora_parameters\": {\"rank\": 4, \"scale\": 3}}");
        assertEquals(
                "`lin` has the rank 2 by its factors, [in, rank] and [rank, out], and another one by the configuration, 4;"
                        + " the two files may be of different adapters, or the factors lie as those of PEFT",
                refusal(adapter, "peft"));
    }

    @Test
    void keysThatADialectDoesNotKnow() {
        Path kohya = ModelFixture.of("lora_unet_lin.lora_down.weight", DType.F32, Shape.of(1, 2), 1)
                .with("lora_unet_lin.lora_up.weight", Shape.of(2, 1), 1)
                .with("lora_unet_lin.dora_scale", Shape.of(2, 1), 1)
                .save(folder, "kohya");
        assertEquals(
                "1 tensor has a key of no plain update of kohya's scripts: `lora_unet_lin.dora_scale`; LoHa, LoKr, LoCon's"
                        + " middle factors, DoRA scales and whole differences are not read; merge them with what trained"
                        + " them",
                refusal(kohya, "peft"));
        Path alpha = ModelFixture.of("lora_unet_lin.lora_down.weight", DType.F32, Shape.of(1, 2), 1)
                .with("lora_unet_lin.lora_up.weight", Shape.of(2, 1), 1)
                .with("lora_unet_lin.alpha", Shape.of(2), 1)
                .save(folder, "alpha");
        assertEquals(
                "`lora_unet_lin.alpha` must be one number, and has the shape [2]; take the file from its source again",
                refusal(alpha, "peft"));
        Path half = ModelFixture.of("lora_unet_lin.lora_down.weight", DType.F32, Shape.of(1, 2), 1)
                .save(folder, "half");
        assertEquals(
                "a pair of factors is needed, and one is missing of `lora_unet_lin`; take the file from its source again",
                refusal(half, "peft"));
    }

    @Test
    void severalFilesInAFolderAreOneTooMany() throws IOException {
        Path both = Files.createDirectory(folder.resolve("both"));
        Files.copy(file("llama/mlx/adapters.safetensors"), both.resolve("adapters.safetensors"));
        Files.copy(file("llama/torchtune/adapter_model.pt"), both.resolve("adapter_0.pt"));
        Files.copy(file("llama/torchtune/adapter_model.pt"), both.resolve("adapter_1.pt"));
        assertEquals(
                both
                        + ": has 3 files of adapters: `adapters.safetensors` (mlx), `adapter_0.pt` (torchtune), `adapter_1.pt`"
                        + " (torchtune); name the file that is meant",
                assertThrows(CheckpointException.class, () -> convert(both, "peft", folder.resolve("out")))
                        .getMessage());
    }

    @Test
    void aWordThatIsNoDialect() {
        assertEquals(
                "`pfet` is no dialect of adapters; did you mean `peft`?",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> AdapterDialects.discover().named("pfet"))
                        .getMessage());
        assertEquals(
                "`x` is no dialect of adapters; there are `diffusers`, `kohya`, `mlx`, `peft`, `torchtune`",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> AdapterDialects.discover().named("x"))
                        .getMessage());
    }

    /** Two that claim a file, and one that fails, are named by their classes. */
    @Test
    void aDialectOfAJarIsAskedToo() throws IOException {
        Path services = Files.createDirectories(folder.resolve("jar/META-INF/services"));
        Files.writeString(services.resolve(AdapterDialect.class.getName()), Claiming.class.getName());
        try (URLClassLoader jar = new URLClassLoader(
                new URL[] {folder.resolve("jar/").toUri().toURL()}, getClass().getClassLoader())) {
            AdapterDialects dialects = AdapterDialects.discover(jar);
            String peft = "io.graft.lora.dialect.builtin.PeftDialect and io.graft.lora.dialect.DialectsTest$Claiming";
            assertEquals(
                    "`peft` is the dialect of " + peft + "; take the jar of one of them away",
                    assertThrows(IllegalArgumentException.class, () -> dialects.named("peft"))
                            .getMessage());
            Path file = file("llama/peft/adapter_model.safetensors");
            AdapterSource source =
                    AdapterSource.of(file, Optional.empty(), Optional.empty(), (code, message, help) -> {});
            assertEquals(
                    file + ": is claimed by the dialects `peft`, `peft` of " + peft
                            + "; say which is meant, with the option `dialect` or --from, or take the jar of one of them away",
                    assertThrows(CheckpointException.class, () -> dialects.of(source))
                            .getMessage());
            assertEquals(
                    file + ": the dialect `peft` (io.graft.lora.dialect.DialectsTest$Claiming) failed:"
                            + " java.lang.IllegalStateException: no; tell its author",
                    assertThrows(CheckpointException.class, () -> dialects.read(new Claiming(), source))
                            .getMessage());
        }
    }

    /** Of two that claim a file, the one that is asked for is taken. */
    @Test
    void aDialectCanBeChosen() throws IOException {
        Path services = Files.createDirectories(folder.resolve("jar/META-INF/services"));
        Files.writeString(services.resolve(AdapterDialect.class.getName()), Greedy.class.getName());
        try (URLClassLoader jar = new URLClassLoader(
                new URL[] {folder.resolve("jar/").toUri().toURL()}, getClass().getClassLoader())) {
            AdapterDialects dialects = AdapterDialects.discover(jar);
            AdapterSource source = AdapterSource.of(
                    file("llama/peft/adapter_model.safetensors"),
                    Optional.empty(),
                    Optional.empty(),
                    (code, message, help) -> {});
            assertThrows(CheckpointException.class, () -> dialects.of(source));
            assertEquals("peft", dialects.only("peft").of(source).id());
            assertEquals("greedy", dialects.only("greedy").of(source).id());
            assertThrows(CheckpointException.class, () -> dialects.only("mlx").of(source));
        }
    }

    /** A dialect of its own that claims what others do. */
    public static final class Greedy extends Claiming {
        @Override
        public String id() {
            return "greedy";
        }
    }

    /** A dialect that claims what others do, and fails at everything else. */
    public static class Claiming implements AdapterDialect {
        @Override
        public String id() {
            return "peft";
        }

        @Override
        public boolean recognises(AdapterSource source) {
            return true;
        }

        @Override
        public List<Adapter> read(AdapterSource source) {
            throw new IllegalStateException("no");
        }

        @Override
        public List<Artifact> write(List<Adapter> adapters, AdapterTarget target) {
            throw new IllegalStateException("no");
        }
    }
}
