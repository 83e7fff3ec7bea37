package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Artifact;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.Change;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New adapters. Letters and numbers are the ids of the reference scenarios. */
class LoraModelModifierTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);

    /** Two layers of two linear layers each, of 6 to 4, and a head. */
    private static ModelFixture layered() {
        return ModelFixture.empty()
                .linear("model.layers.0.q", 6, 4, 1)
                .linear("model.layers.0.v", 6, 4, 1)
                .norm("model.layers.0.norm", 4, 1)
                .linear("model.layers.1.q", 6, 4, 1)
                .linear("model.layers.1.v", 6, 4, 1)
                .linear("head", 4, 2, 1);
    }

    private static ModifierRun adapt(ModelFixture model, String options) {
        return model.apply(LORA.modifier(options));
    }

    private static List<String> adapted(ModifierRun run) {
        return run.changes().stream()
                .filter(Change.Parametrized.class::isInstance)
                .map(Change::name)
                .toList();
    }

    private static void fill(ModifierRun run, String name, int modulus, int offset) {
        Shape shape = run.model().find(name).orElseThrow().shape();
        run.model()
                .assign(
                        name,
                        LazyTensors.generate(
                                "numbers", DType.F32, shape, at -> (3 * at + 1) % modulus - (double) offset));
    }

    @Test
    void nothingChangesBeforeTrainingAndTheFactorsAloneAreTrained() {
        ModifierRun run =
                adapt(layered(), "target-modules = [q], rank = 2, alpha = 4").succeeds();
        run.hasTrainable(
                "model.layers.0.q.lora_A.default",
                "model.layers.0.q.lora_B.default",
                "model.layers.1.q.lora_A.default",
                "model.layers.1.q.lora_B.default");
        run.hasValues("model.layers.0.q.weight", 1).hasValues("model.layers.1.q.lora_B.default", 0);
        assertEquals(
                Shape.of(2, 6),
                run.model()
                        .find("model.layers.0.q.lora_A.default")
                        .orElseThrow()
                        .shape());
        assertEquals(
                new Change.Parametrized("model.layers.0.q.weight", "default", "lora", "rank 2, alpha 4, for `q`"),
                run.changes().get(0));
        assertNotEquals(run.values("model.layers.0.q.lora_A.default"), run.values("model.layers.1.q.lora_A.default"));
        assertEquals(
                run.values("model.layers.0.q.lora_A.default"),
                adapt(layered(), "target-modules = [q], rank = 2").values("model.layers.0.q.lora_A.default"));
    }

    @Test
    void theBaseIsTrainedTooWhereThatIsAsked() {
        adapt(ModelFixture.empty().linear("q", 2, 2, 1), "target-modules = [q], rank = 1, train-base = true")
                .hasTrainable("q.weight", "q.bias", "q.lora_A.default", "q.lora_B.default");
    }

    /** GL1, GL2, GL3 and GL7. */
    @Test
    void goldenVectors() {
        ModifierRun run = adapt(Fixtures.golden(), "target-modules = [emb, lin], rank = 2, alpha = 4")
                .succeeds();
        fill(run, "lin.lora_A.default", 5, 2);
        fill(run, "lin.lora_B.default", 5, 2);
        fill(run, "emb.lora_embedding_A.default", 5, 2);
        fill(run, "emb.lora_embedding_B.default", 5, 2);
        run.hasValues("lin.weight", 4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1);
        List<Double> before = Fixtures.golden().values("emb.weight");
        double[] update = {-2, 4, 0, -4, 4, -8, 0, 8, 0, 0, 0, 0, -4, 8, 0, -8, 2, -4, 0, 4};
        for (int i = 0; i < update.length; i++) {
            assertEquals(before.get(i) + update[i], run.values("emb.weight").get(i));
        }
        run.model().foldAdapter("default");
        run.hasValues("lin.weight", 4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1);
    }

    /** GL9 and GL10; and DoRA changes nothing before training. */
    @Test
    void dora() {
        ModifierRun run = adapt(Fixtures.golden(), "target-modules = [lin], rank = 2, alpha = 4, use-dora = true")
                .succeeds();
        List<Double> started = run.values("lin.weight");
        List<Double> base = Fixtures.golden().values("lin.weight");
        for (int i = 0; i < base.size(); i++) {
            assertEquals(base.get(i), started.get(i), 1e-6);
        }
        assertEquals(
                Math.sqrt(14), run.values("lin.lora_magnitude_vector.default").get(0), 1e-6);
        fill(run, "lin.lora_A.default", 5, 2);
        fill(run, "lin.lora_B.default", 5, 2);
        double[] rows = {1.4536875, -2.5439532, 1.8171095, 1.4536875, -0.6, 1.8, -3.6, -1.2};
        for (int i = 0; i < rows.length; i++) {
            assertEquals(rows[i], run.values("lin.weight").get(i), 1e-5);
        }
    }

    /** P7. */
    @ParameterizedTest
    @CsvSource({"false, 4.0, 2.0", "true, 8.0, 2.8284271"})
    void scales(boolean stabilised, double ofQ, double ofV) {
        ModifierRun run = adapt(
                layered(),
                "target-modules = [q, v], rank = 2, alpha = 4, use-rslora = " + stabilised
                        + ", rank-pattern { \"0.q\" = 1 }, alpha-pattern { \"layers.0.q\" = " + (stabilised ? 8 : 4)
                        + " }");
        for (String name : List.of("q", "v")) {
            fillOnes(run, "model.layers.0." + name + ".lora_A.default");
            fillOnes(run, "model.layers.0." + name + ".lora_B.default");
        }
        assertEquals(1 + ofQ, run.values("model.layers.0.q.weight").get(0), 1e-6);
        assertEquals(1 + 2 * ofV, run.values("model.layers.0.v.weight").get(0), 1e-6);
        assertEquals(
                "rank 1, alpha " + (stabilised ? 8 : 4) + ", for `q`",
                ((Change.Parametrized) run.changes().get(0)).description());
    }

    private static void fillOnes(ModifierRun run, String name) {
        Shape shape = run.model().find(name).orElseThrow().shape();
        run.model().assign(name, LazyTensors.generate("ones", DType.F32, shape, at -> 1));
    }

    /** P31: regular expressions, ends of names, whole names, what is left out, and layers. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[q] | 0.q 1.q",
                "[layers.0.q] | 0.q",
                "[model.layers.0.q, v] | 0.q 0.v 1.v",
                "\".*\\\\.[qv]\" | 0.q 0.v 1.q 1.v",
                "\"model\\\\.layers\\\\.1\\\\.(?P<n>q)\" | 1.q",
                "[q, v], exclude-modules = [layers.0.q] | 0.v 1.q 1.v",
                "[q, v], exclude-modules = \".*0.*\" | 1.q 1.v",
                "[q, v], layers-to-transform = 1 | 1.q 1.v",
                "[q, v], layers-to-transform = [0], layers-pattern = layers | 0.q 0.v",
                "\".*q\", layers-to-transform = [1] | 1.q",
                "[q, v], modules-to-save = [layers.0.v] | 0.q 1.q 1.v"
            })
    void names(String targets, String expected) {
        ModifierRun run =
                adapt(layered(), "rank = 2, target-modules = " + targets).succeeds();
        assertEquals(
                expected,
                String.join(
                        " ",
                        run.changes().stream()
                                .filter(change -> change instanceof Change.Parametrized put
                                        && put.parametrization().equals("lora"))
                                .map(change -> change.name().replaceAll("model\\.layers\\.(.*)\\.weight", "$1"))
                                .toList()));
    }

    @Test
    void layersAtTheTopAreNumberedToo() {
        assertEquals(
                List.of("layers.1.q.weight"),
                adapted(adapt(
                        ModelFixture.empty().linear("layers.0.q", 2, 2, 1).linear("layers.1.q", 2, 2, 1),
                        "rank = 1, target-modules = [q], layers-to-transform = 1")));
    }

    /** P32: neither the order of patterns nor their anchors matter. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"q\" = 3, \"^model.layers.0.v\" = 1", "\"^model.layers.0.v\" = 1, \"q\" = 3"})
    void patterns(String patterns) {
        ModifierRun run = adapt(layered(), "target-modules = [q, v], rank = 2, rank-pattern { " + patterns + " }")
                .succeeds();
        assertEquals(
                List.of(3L, 1L, 3L, 2L),
                List.of("0.q", "0.v", "1.q", "1.v").stream()
                        .map(name -> run.model()
                                .find("model.layers." + name + ".lora_A.default")
                                .orElseThrow()
                                .shape()
                                .dimension(0))
                        .toList());
    }

    /** P33. */
    @Test
    void allLinear() {
        ModelFixture gpt2 = Fixtures.base("base-gpt2").configuration(Map.of("model_type", "gpt2"));
        assertEquals(
                List.of("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"),
                adapted(adapt(gpt2, "target-modules = all-linear, rank = 2").succeeds()).stream()
                        .filter(name -> name.contains(".h.0."))
                        .map(name -> name.replaceAll(".*h\\.0\\.(.*)\\.weight", "$1"))
                        .toList());
        List<String> all = List.of(
                "model.layers.0.q.weight",
                "model.layers.0.v.weight",
                "model.layers.1.q.weight",
                "model.layers.1.v.weight",
                "head.weight");
        assertEquals(all, adapted(adapt(layered(), "target-modules = all-linear, rank = 1")));
        ModelFixture classifier = layered().linear("score", 4, 2, 1);
        assertEquals(all, adapted(adapt(classifier, "target-modules = all-linear, rank = 1, task-type = SEQ_CLS")));
    }

    /** P49: the layers tell, whatever the option says. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void transposedLayers(boolean said) {
        ModelFixture gpt2 = Fixtures.base("base-gpt2").configuration(Map.of("model_type", "gpt2"));
        ModifierRun run = adapt(gpt2, "target-modules = [c_attn], rank = 2, fan-in-fan-out = " + said)
                .succeeds();
        String factor = adapted(run).get(0).replace("weight", "lora_A.default");
        assertEquals(Shape.of(2, 32), run.model().find(factor).orElseThrow().shape());
        run.warns(
                said
                        ? new String[0]
                        : new String[] {
                            "fan-in-fan-out is false, and the layers that are adapted are stored as [in, out]: they are"
                                    + " taken as they are"
                        });
    }

    /** P34, and I9 of the general scenarios. */
    @Test
    void i9NamesThatFitNothingChangeNothing() {
        ModifierRun run = adapt(
                layered(),
                "target-modules = [q, kquery, layers], rank = 2, exclude-modules = [nrom], rank-pattern { k = 1 },"
                        + " modules-to-save = [haed], layers-to-transform = [0, 7]");
        run.changesNothing();
        assertEquals(
                List.of(
                        "target-modules: `kquery` names no module of the model; names are whole, or the dotted ends of"
                                + " names; strict = false passes over it",
                        "target-modules: `layers` names a module that holds others; name the layers in it, as"
                                + " `model.layers.0.q`",
                        "exclude-modules: `nrom` names no module of the model; did you mean `norm`?",
                        "layers-to-transform: no module that is named is of the layer 7; layers are the numbers in the"
                                + " names of modules",
                        "modules-to-save: `haed` names no module of the model; did you mean `head`?",
                        "rank-pattern: `k` fits no module that is adapted; did you mean `q`?"),
                run.errors().stream()
                        .map(error -> error.key() + ": " + error.message() + "; " + error.help())
                        .toList());
        adapt(layered(), "target-modules = [q, kquery], rank = 2, strict = false")
                .succeeds()
                .warns("`kquery` names no module of the model");
    }

    @Test
    void allThatIsNamedIsLeftOut() {
        adapt(layered(), "target-modules = [head], rank = 2, exclude-modules = [head]")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "target-modules",
                        "`head` names modules that exclude-modules or modules-to-save take out",
                        "did you mean `head`?"))
                .changesNothing();
    }

    @Test
    void layersThatCannotBeAdaptedAreRefused() {
        adapt(layered(), "target-modules = [norm], rank = 2")
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "target-modules",
                        "`model.layers.0.norm`, which `norm` names, has a weight of the shape [4], which is that of no layer"
                                + " that can be adapted",
                        "linear layers, embeddings and convolutions can be adapted; exclude-modules leaves others out"))
                .changesNothing();
        adapt(
                        ModelFixture.empty()
                                .with("up.weight", Shape.of(4, 4, 2, 2), 1)
                                .module("up", "ConvTranspose2d"),
                        "target-modules = [up]")
                .fails(ProblemCode.UNSUPPORTED_CHANGE, "target-modules");
    }

    @Test
    void whatALayerIsIsNotGuessed() {
        ModelFixture bare = ModelFixture.empty().with("layers.0.q_proj.weight", Shape.of(4, 4), 1);
        adapt(bare, "target-modules = [q_proj]")
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "target-modules",
                        "`layers.0.q_proj`, which `q_proj` names, may be linear, transposed or an embedding: neither the"
                                + " model's config.json nor a bias tells",
                        "say it: layers { \"**.q_proj\" = linear }"))
                .changesNothing();
        adapt(bare, "target-modules = [q_proj], rank = 2, layers { \"**.q_proj\" = linear }")
                .succeeds();
        adapt(bare.configuration(Map.of("model_type", "llama")), "target-modules = [q_proj], rank = 2")
                .succeeds();
        adapt(ModelFixture.empty().with("wte.weight", Shape.of(9, 4), 1), "target-modules = [wte], rank = 2")
                .succeeds();
    }

    @Test
    void patternsThatContradictEachOtherAreRefused() {
        adapt(layered(), "target-modules = [head], rank = 2, rank-pattern { head = 1, \"he.*\" = 2 }")
                .fails(new ReportedError(
                        ProblemCode.NAME_COLLISION,
                        "rank-pattern",
                        "`head` fits patterns with the values [2.0, 1.0]",
                        "keep one pattern for each module"))
                .changesNothing();
    }

    @Test
    void aRankAboveTheLayerIsTold() {
        adapt(layered(), "target-modules = [head], rank = 3")
                .succeeds()
                .warns("`head` gets factors of rank 3, and no update of it has more than rank 2");
    }

    /** P36. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora-only | model.layers.0.q.saved.bias.default",
                "all | model.layers.0.q.saved.bias.default model.layers.0.v.saved.bias.default"
                        + " model.layers.0.norm.saved.bias.default model.layers.1.q.saved.bias.default"
                        + " model.layers.1.v.saved.bias.default head.saved.bias.default"
            })
    void biases(String bias, String expected) {
        ModifierRun run = adapt(
                        layered(),
                        "target-modules = [layers.0.q], rank = 2, exclude-modules = [layers.1.q, layers.1.v], bias = "
                                + bias)
                .succeeds();
        assertEquals(
                List.of(expected.split(" ")),
                run.trainable().stream()
                        .filter(name -> name.contains(".saved."))
                        .toList());
        run.hasValues("model.layers.0.q.bias", 1);
        fillZeros(run, "model.layers.0.q.saved.bias.default");
        run.hasValues("model.layers.0.q.bias", 0);
        run.model().activate(Map.of());
        run.hasValues("model.layers.0.q.bias", 1);
    }

    private static void fillZeros(ModifierRun run, String name) {
        Shape shape = run.model().find(name).orElseThrow().shape();
        run.model().assign(name, LazyTensors.generate("zeros", DType.F32, shape, at -> 0));
    }

    /** P38: each adapter has a copy of its own. */
    @Test
    void modulesThatAreTrainedWhole() {
        ModifierRun run = adapt(layered(), "target-modules = [q], rank = 2, modules-to-save = [head]")
                .succeeds();
        assertTrue(run.trainable().containsAll(List.of("head.saved.default", "head.saved.bias.default")));
        run.hasValues("head.weight", 1);
        ModifierRun other = run.then(
                LORA.modifier("target-modules = [q], rank = 2, modules-to-save = [head], adapter = other, weight = 0"));
        fillZeros(other.succeeds(), "head.saved.default");
        other.hasValues("head.weight", 0);
        other.model().activate(Map.of("other", 1.0));
        other.hasValues("head.weight", 1);
        run.then(LORA.modifier("target-modules = [q], rank = 2, modules-to-save = [head], adapter = third"))
                .fails(ofTwo("head.weight"), ofTwo("head.bias"));
    }

    /** P38 and P57: in the file it has its plain name. */
    @Test
    void aModuleThatIsTrainedWholeIsSavedUnderItsName(@TempDir Path folder) throws IOException {
        ModifierRun run = adapt(layered(), "target-modules = [layers.0.q], rank = 2, modules-to-save = [head]")
                .succeeds();
        fill(run, "head.saved.default", 5, 2);
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        ModelFixture.read(folder.resolve("adapter_model.safetensors"))
                .apply((draft, context) -> {})
                .hasNames(
                        "base_model.model.head.bias",
                        "base_model.model.head.weight",
                        "base_model.model.model.layers.0.q.lora_A.weight",
                        "base_model.model.model.layers.0.q.lora_B.weight")
                .hasValues("base_model.model.head.weight", Fixtures.numbers(8, 5, 2));
    }

    private static ReportedError ofTwo(String name) {
        return new ReportedError(
                ProblemCode.UNSUPPORTED_CHANGE,
                "adapter",
                "`" + name + "` has the active adapter `other` of `saved`, and two of them at once have no meaning",
                "put this one there inactive, weight = 0, and switch between them");
    }

    @Test
    void rowsOfEmbeddings() {
        ModifierRun run = adapt(
                        Fixtures.golden(), "target-modules = [lin], rank = 2, trainable-token-indices { emb = [0, 4] }")
                .succeeds();
        assertEquals(Fixtures.golden().values("emb.weight"), run.values("emb.weight"));
        fillZeros(run, "emb.trainable_tokens_delta.default");
        assertEquals(List.of(0.0, 0.0, 0.0, 0.0), run.values("emb.weight").subList(0, 4));
        assertEquals(
                Fixtures.golden().values("emb.weight").subList(4, 16),
                run.values("emb.weight").subList(4, 16));
        adapt(Fixtures.golden(), "target-modules = [lin], rank = 2, trainable-token-indices = [5]")
                .fails(new ReportedError(
                        ProblemCode.OUT_OF_RANGE,
                        "trainable-token-indices",
                        "`emb.weight` has 5 rows, and no row 5",
                        ""));
    }

    @Test
    void expertsHaveFactorsOfTheirOwn() {
        ModelFixture experts = ModelFixture.empty()
                .with("mlp.experts.up", Shape.of(3, 4, 2), 1)
                .with("mlp.experts.down", Shape.of(3, 2, 4), 1);
        ModifierRun run = adapt(experts, "target-parameters = [experts.up, experts.down], rank = 2, alpha = 2")
                .succeeds();
        assertEquals(
                Shape.of(6, 2),
                run.model().find("mlp.experts.lora_A.up.default").orElseThrow().shape());
        assertEquals(
                Shape.of(4, 6),
                run.model().find("mlp.experts.lora_B.up.default").orElseThrow().shape());
        fillOnes(run, "mlp.experts.lora_A.up.default");
        fillOnes(run, "mlp.experts.lora_B.up.default");
        run.hasValues("mlp.experts.up", 3);
        adapt(experts, "target-parameters = [experts.left], rank = 2")
                .fails(ProblemCode.UNMATCHED_SELECTOR, "target-parameters");
    }

    @Test
    void aBiasOfTheUpdateNeedsOneOfTheLayer() {
        adapt(layered(), "target-modules = [head], rank = 2, lora-bias = true")
                .succeeds()
                .hasValues("head.bias", 1);
        adapt(
                        ModelFixture.empty()
                                .with("q.weight", Shape.of(4, 4), 1)
                                .configuration(Map.of("model_type", "llama")),
                        "target-modules = [q], rank = 2, lora-bias = true")
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "lora-bias",
                        "`q` has no bias that one of the update could be added to",
                        "leave it out with exclude-modules, or adapt without lora-bias"));
    }

    @Test
    void codesAreNotAdapted() {
        adapt(
                        ModelFixture.empty().with("q.weight", DType.I8, Shape.of(4, 4), 1),
                        "target-modules = [q], layers { q = linear }")
                .fails(ProblemCode.UNSUPPORTED_CHANGE, "target-modules");
    }

    /** PEFT keeps lengths of a convolution's outputs on the second axis, and does not load them on the first. */
    @Test
    void lengthsOfConvolutionsHaveTheShapeOfPefts() {
        ModelFixture model = ModelFixture.empty()
                .with("one.weight", Shape.of(6, 4, 3), 1)
                .with("two.weight", Shape.of(6, 4, 1, 3), 1)
                .with("three.weight", Shape.of(6, 4, 1, 3, 1), 1)
                .with("emb.weight", Shape.of(5, 4), 1);
        ModifierRun run = adapt(
                        model,
                        "target-modules = [one, two, three, emb], rank = 2, use-dora = true,"
                                + " layers { emb = embedding, \"*\" = convolution }, groups { \"*\" = 1 }, strict = false")
                .succeeds();
        Map<String, Shape> expected = Map.of(
                "one", Shape.of(1, 6, 1),
                "two", Shape.of(1, 6, 1, 1),
                "three", Shape.of(1, 6, 1, 1, 1),
                "emb", Shape.of(4));
        expected.forEach((module, shape) -> assertEquals(
                shape,
                run.model()
                        .find(module + ".lora_magnitude_vector.default")
                        .orElseThrow()
                        .shape(),
                module));
        run.hasValues("three.weight", 1);
    }

    @Test
    void anAdapterOfNothingIsRefused() {
        adapt(layered(), "target-modules = [q], layers-to-transform = 7, strict = false")
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "adapter",
                        "the adapter `default` would adapt nothing of the model",
                        "name modules that the model has; the warnings tell which names fit nothing"))
                .changesNothing();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target-modules = [head], bias = lora-only, lora-bias = true | head.bias | lora | saved",
                "target-modules = [head], bias = all, lora-bias = true | head.bias | lora | saved",
                "target-modules = [head], target-parameters = [head.weight] | head.weight | lora | lora",
                "target-modules = [emb], trainable-token-indices { emb = [1] }, layers { emb = embedding } | emb.weight"
                        + " | lora | trained-rows"
            })
    void aTensorThatTwoOptionsMeanIsRefused(String options, String tensor, String first, String second) {
        ModelFixture model = ModelFixture.empty().linear("head", 4, 3, 1).with("emb.weight", Shape.of(5, 4), 1);
        adapt(model, options + ", rank = 1")
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "adapter",
                        "`" + tensor + "` is adapted twice, by `" + first + "` and by `" + second
                                + "`, and an adapter has one update for each tensor",
                        "leave out one of the two options that mean it, or merge an adapter that was trained so with"
                                + " lora-merge"))
                .changesNothing();
    }

    /** PEFT trains {@code *.bias}; what else ends so it would neither save nor load. */
    @Test
    void theBiasesAreThoseOfPeft() {
        ModelFixture model = ModelFixture.empty()
                .linear("head", 4, 3, 1)
                .with("mha.in_proj_bias", Shape.of(6), 1)
                .with("mha.out_proj.bias", Shape.of(2), 1)
                .with("table.bias", Shape.of(2, 2), 1);
        adapt(model, "target-modules = [head], rank = 1, bias = all")
                .succeeds()
                .hasTrainable(
                        "head.lora_A.default",
                        "head.lora_B.default",
                        "head.saved.bias.default",
                        "mha.out_proj.saved.bias.default",
                        "table.saved.bias.default");
    }
}
