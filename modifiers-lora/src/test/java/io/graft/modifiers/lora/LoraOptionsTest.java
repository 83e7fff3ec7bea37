package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.modifiers.lora.options.BiasTraining;
import io.graft.modifiers.lora.options.FactorInit;
import io.graft.modifiers.lora.options.LayerOptions;
import io.graft.modifiers.lora.options.Layers;
import io.graft.modifiers.lora.options.ModulePatterns;
import io.graft.modifiers.lora.options.PeftOptions;
import io.graft.modifiers.lora.options.RowNumbers;
import io.graft.modifiers.lora.options.StandingOptions;
import io.graft.modifiers.lora.options.StartOptions;
import io.graft.modifiers.lora.options.TargetLimits;
import io.graft.modifiers.lora.options.TargetOptions;
import io.graft.modifiers.lora.options.TrainedOptions;
import io.graft.modifiers.lora.options.UpdateOptions;
import io.graft.modifiers.lora.options.VariantOptions;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.testkit.ModifierTester;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraOptionsTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);
    private static final String TARGETS = "target-modules = [query], ";

    @Test
    void providerIsHealthy() {
        LORA.providerIsHealthy();
    }

    @Test
    void theUsualOptionsAreThoseOfPeft() {
        LORA.binds("target-modules = [query]", usual(Names.of("query"), 8, 8));
        LORA.binds("target_modules = [query, value], r = 4, lora_alpha = 16", usual(Names.of("query", "value"), 4, 16));
        LORA.binds("target-modules = all-linear", usual(Names.expression("all-linear"), 8, 8));
    }

    /** Every default as PEFT has it. */
    private static LoraOptions usual(Names targetModules, int rank, double alpha) {
        return new LoraOptions(
                Optional.empty(),
                new TargetOptions(
                        Optional.of(targetModules),
                        Optional.empty(),
                        new TargetLimits(Optional.empty(), Optional.empty(), Optional.empty())),
                new UpdateOptions(rank, alpha, false, new ModulePatterns(Map.of(), Map.of()), 0, false, false),
                new TrainedOptions(BiasTraining.NONE, Optional.empty(), Optional.empty(), false),
                new StartOptions(FactorInit.DEFAULT, 0, Optional.empty()),
                new LayerOptions(Optional.empty(), Map.of(), Map.of()),
                new StandingOptions("default", 1, false, false),
                true,
                new AdapterFileOptions("auto", List.of(), Optional.empty()),
                new PeftOptions(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "LORA",
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                new VariantOptions(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void everyOptionIsRead() {
        LoraOptions options = (LoraOptions) LORA.binds(TARGETS + """
                exclude-modules = ".*pooler.*", target-parameters = [experts.up], use-rslora = true
                rank-pattern { "^q" = 4 }, alpha-pattern { "v" = 0.5 }, layers-to-transform = 3, layers-pattern = [layer]
                bias = lora-only, modules-to-save = [head], trainable-token-indices { wte = [0, 7] }
                ensure-weight-tying = true, init = pissa_niter_4, seed = 9, fan-in-fan-out = true, adapter-name = mine
                weight = -0.5, replace = true, train-base = true, layers { "**.c" = transposed }, strict = false, task-type = SEQ_CLS
                """);
        assertEquals(
                Optional.of(Names.expression(".*pooler.*")),
                options.targets().limits().excludeModules());
        assertEquals(Optional.of(Names.of("experts.up")), options.targets().targetParameters());
        assertEquals(true, options.update().useRslora());
        assertEquals(true, options.standing().replace());
        assertEquals(Map.of("^q", 4), options.update().patterns().rankPattern());
        assertEquals(Map.of("v", 0.5), options.update().patterns().alphaPattern());
        assertEquals(
                Optional.of(new Layers(List.of(3L))), options.targets().limits().layersToTransform());
        assertEquals(Optional.of(Names.of("layer")), options.targets().limits().layersPattern());
        assertEquals(
                new BiasTraining(BiasTraining.Kind.LORA_ONLY), options.trained().bias());
        assertEquals(Optional.of(Names.of("head")), options.trained().modulesToSave());
        assertEquals(
                Optional.of(new RowNumbers(Map.of("wte", List.of(0L, 7L)))),
                options.trained().trainableTokenIndices());
        assertEquals(true, options.trained().ensureWeightTying());
        assertEquals(new FactorInit(FactorInit.Kind.PISSA, 4), options.start().init());
        assertEquals(9, options.start().seed());
        assertEquals(Optional.of(true), options.modelLayers().fanInFanOut());
        assertEquals("mine", options.standing().adapter());
        assertEquals(-0.5, options.standing().weight());
        assertEquals(true, options.standing().trainBase());
        assertEquals(Map.of("**.c", LayerKind.TRANSPOSED), options.modelLayers().layers());
        assertEquals(false, options.strict());
        assertEquals(Optional.of("SEQ_CLS"), options.peft().taskType());
        assertEquals(
                new RowNumbers(new LinkedHashMap<>(Map.of("", List.of(1L)))),
                ((LoraOptions) LORA.binds(TARGETS + "trainable-token-indices = [1]"))
                        .trained()
                        .trainableTokenIndices()
                        .orElseThrow());
        assertEquals(
                Optional.of(CheckpointRef.of(Path.of("/a"))),
                ((LoraOptions) LORA.binds("adapter-path = /a, prefix = none")).adapterPath());
    }

    /** Every key that PEFT writes is known, and what it asks for is read. */
    @ParameterizedTest
    @ValueSource(strings = {"lora", "rslora", "dora", "patterns", "head", "embedding", "gpt2", "bias-all", "lora-bias"})
    void aConfigurationOfPeftIsIncludedAsItIs(String adapter) throws IOException {
        Path config = Fixtures.file(adapter + "/adapter_config.json");
        String json = Files.readString(config).strip();
        LoraOptions options = (LoraOptions) LORA.binds(json.substring(1, json.length() - 1));
        assertEquals(
                AdapterSettings.read(config).get("r"), (long) options.update().rank());
    }

    @Test
    void aKeyOfANewerPeftIsAWarningWhereItIsOff(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("adapter_config.json"),
                "{ \"r\": 4, \"target_modules\": [\"query\"], \"use_newest\": false, \"newest_config\": null }");
        Path file = Files.writeString(folder.resolve("lora.conf"), "include \"adapter_config.json\"");
        Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
        Bound<LoraOptions> bound = new LoraOptions_Binder()
                .bind(((Bound.Ok<ConfigFile>) read).value().root());
        assertEquals(4, ((Bound.Ok<LoraOptions>) bound).value().update().rank());
        assertEquals(
                List.of("newest_config", "use_newest"),
                bound.problems().stream().map(Problem::path).sorted().toList());
    }

    @Test
    void settingsOfAnInitThatIsNotThereHaveNoEffectWhichIsTold() {
        LORA.warns(TARGETS + "eva-config { rho = 2.0 }", ProblemCode.CHECK_FAILED, "eva-config");
        LORA.warns(TARGETS + "corda_config { corda_method = kpm }", ProblemCode.CHECK_FAILED, "corda_config");
        LORA.warns(TARGETS + "lora-ga-config { scale = stable }", ProblemCode.CHECK_FAILED, "lora-ga-config");
    }

    @Test
    void ranksAreAboveZero() {
        LORA.rejects(TARGETS + "rank = 0", ProblemCode.OUT_OF_RANGE, "rank");
        LORA.rejects(TARGETS + "r = -1", ProblemCode.OUT_OF_RANGE, "r");
        LORA.rejects(TARGETS + "lora_dropout = 1.5", ProblemCode.OUT_OF_RANGE, "lora_dropout");
        LORA.rejects(TARGETS + "dropout = -1", ProblemCode.OUT_OF_RANGE, "dropout");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "alpha = NaN | alpha | expected a number, found `NaN`",
                "init = True | init | `True` is no way to start factors; allowed are default, random,"
                        + " gaussian, orthogonal, pissa, olora, loftq, pissa_niter_N",
                "init = gausian | init | `gausian` is no way to start factors; did you mean `gaussian`?",
                "init = eva | init | `eva` needs activations of data, which is not there yet; allowed are"
                        + " default, random, gaussian, orthogonal, pissa, olora, loftq, pissa_niter_N",
                "init = loftq, alpha = 0 | init | loftq needs an alpha above 0, because it divides by it",
                "init = loftq, loftq-config { loftq-iter = 0 } | loftq-config.loftq-iter | must be between 1 and 100",
                "bias = some | bias | `some` is none of: none, all, lora-only",
                "layers-to-transform = -1 | layers-to-transform | must not be below 0",
                "trainable-token-indices = [1, 1] | trainable-token-indices | must be rows from 0 on, each once",
                "layers-pattern = layer | layers-pattern | names lists of layers, and layers-to-transform does not say"
                        + " which layers",
                "rank-pattern { q = 0 } | rank-pattern | gives `q` the rank 0, and ranks are 1 or more",
                "rank-pattern { \"(\" = 1 } | rank-pattern | `rank_pattern` has `(`, which is no regular expression that can"
                        + " be read here: Unclosed group at character 1",
                "exclude-modules = \"[\" | exclude-modules | `exclude_modules` has `[`, which is no regular expression that"
                        + " can be read here: Unclosed character class at character 1",
                "adapter = __base__ | adapter | is `__base__`, as rows of a batch without an adapter are called: take another"
                        + " name",
                "groups { c = 0 } | groups | gives `c` 0 groups, and there is one at least",
                "init = orthogonal, rank = 3 | init | orthogonal needs even ranks",
                "init = pissa, alpha = -1 | init | pissa needs an alpha above 0, because it divides by it",
                "init = pissa, use-dora = true | use-dora | goes with an init that takes nothing out of the weight, not"
                        + " with pissa",
                "use-dora = true, dropout = 0.1 | dropout | does not go with use-dora: the norm of the weight would have to"
                        + " be taken of inputs that were dropped, and of those that were not",
                "use-dora = true, lora-bias = true | lora-bias | does not go with use-dora",
                "lora-bias = true, init = gaussian | lora-bias | goes with init = default or random alone",
                "target-parameters = [up], dropout = 0.1 | dropout | is for inputs of layers, which parameters that"
                        + " target-parameters adapts have none of",
                "target-parameters = up | target-parameters | must be a list of names, not one text",
                "modules-to-save = head | modules-to-save | must be a list of names, not one text",
                "layer-replication = [[0, 4]] | layer-replication | is not there: it repeats layers of the base, each with"
                        + " an update of its own"
            })
    void mistakesAreTold(String options, String path, String message) {
        assertEquals(
                List.of(path + ": " + message),
                LORA.rejects(TARGETS + options).stream()
                        .map(problem -> problem.path() + ": " + problem.message())
                        .toList());
    }

    @Test
    void anAdapterThatWasTrainedHasItsOwnRank() {
        LORA.rejects("adapter-path = /a, rank = 4", ProblemCode.EXCLUSIVE, "rank");
        LORA.rejects("adapter-path = /a, layers { q = linear }", ProblemCode.EXCLUSIVE, "layers");
        assertEquals(
                Optional.of("kohya"),
                ((LoraOptions) LORA.binds("adapter-path = /a, dialect = kohya"))
                        .file()
                        .dialect());
        LORA.rejects(TARGETS + "dialect = kohya", ProblemCode.REQUIRES, "dialect");
    }

    @Test
    void somethingIsAdapted() {
        assertEquals(
                "nothing is adapted: name modules, target-modules = [query, value] or all-linear, or parameters with"
                        + " target-parameters, or an adapter that was trained with adapter-path",
                LORA.rejects("rank = 4", ProblemCode.CHECK_FAILED).message());
    }

    @Test
    void unknownKeysAreRefused() {
        LORA.rejects(TARGETS + "lora_dropuot = 0.1", ProblemCode.UNKNOWN_KEY, "lora_dropuot");
    }
}
