package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.rules.NameTables;
import io.graft.model.rules.Rule;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real adapters do, and what becomes of it. */
class FieldReportsTest {
    private static final String HELP = "the two files may be of different adapters";

    @TempDir
    Path folder;

    private static String config(String more) {
        return "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1" + more + "}";
    }

    /** Factors of ones, so that a merged weight is the base plus the scale. */
    private static ModelFixture ones(ModelFixture adapter, String module, long in, long out) {
        return adapter.with("base_model.model." + module + ".lora_A.weight", Shape.of(1, in), 1)
                .with("base_model.model." + module + ".lora_B.weight", Shape.of(out, 1), 1);
    }

    private static ModelFixture ones(String module, long in, long out) {
        return ones(ModelFixture.empty(), module, in, out);
    }

    private static ReportedError error(ProblemCode code, String message, String help) {
        return new ReportedError(code, "adapter-path", message, help);
    }

    private Path adapter(String name, ModelFixture tensors, String config) throws IOException {
        return Fixtures.adapter(Files.createDirectory(folder.resolve(name)), tensors, config);
    }

    /** In GPT-2 the projection of attention is square, and that of the other half is not and has a bias. */
    @Test
    void aSquareWeightIsWhatAnotherLayerOfItsNameIs() {
        ModifierRun run = Fixtures.merge(
                        Fixtures.base("base-gpt2").with("lm_head.weight", Shape.of(99, 32), 0),
                        Fixtures.file("gpt2-square"))
                .succeeds();
        Fixtures.assertClose(run, Fixtures.file("gpt2-square/merged.safetensors"));
    }

    @Test
    void aSquareWeightIsWhatTheAdaptersOtherLayersOfItsNameAre() throws IOException {
        ModelFixture model =
                ModelFixture.empty().with("a.proj.weight", Shape.of(2, 2), 0).with("b.proj.weight", Shape.of(2, 3), 0);
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.a.proj.lora_A.weight", Shape.of(1, 2), 1, 2)
                .with("base_model.model.a.proj.lora_B.weight", Shape.of(2, 1), 1, 3);
        // [2, 3] are 2 outputs: the flag is that of another layer.
        Fixtures.merge(model, adapter("linear", ones(factors, "b.proj", 3, 2), config(", \"fan_in_fan_out\": true")))
                .succeeds()
                .hasValues("a.proj.weight", 1, 2, 3, 6);
        ModelFixture again = ModelFixture.empty()
                .with("base_model.model.a.proj.lora_A.weight", Shape.of(1, 2), 1, 2)
                .with("base_model.model.a.proj.lora_B.weight", Shape.of(2, 1), 1, 3);
        Fixtures.merge(model, adapter("transposed", ones(again, "b.proj", 2, 3), config("")))
                .succeeds()
                .hasValues("a.proj.weight", 1, 3, 2, 6);
    }

    @Test
    void aSquareWeightIsWhatTheTypeOfItsLayerSays() throws IOException {
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.proj.lora_A.weight", Shape.of(1, 2), 1, 2)
                .with("base_model.model.proj.lora_B.weight", Shape.of(2, 1), 1, 3);
        Fixtures.merge(
                        ModelFixture.of("proj.weight", DType.F32, Shape.of(2, 2), 0)
                                .module("proj", "Linear"),
                        adapter("a", factors, config(", \"fan_in_fan_out\": true")))
                .succeeds()
                .hasValues("proj.weight", 1, 2, 3, 6);
    }

    @Test
    void anAdapterOfOneOfTwoTowers() throws IOException {
        ModelFixture model = ModelFixture.empty()
                .with("text_model.encoder.q.weight", Shape.of(1, 2), 0)
                .with("vision_model.encoder.q.weight", Shape.of(1, 2), 0)
                .with("audio_model.encoder.q.weight", Shape.of(1, 3), 0);
        Path adapter = adapter("a", ones("encoder.q", 2, 1), config(""));
        Fixtures.merge(model, adapter)
                .fails(error(
                        ProblemCode.AMBIGUOUS_PREFIX,
                        "the adapter fits the model in 2 ways: `text_model.` added; `vision_model.` added",
                        "say which one is meant: prefix = \"text_model.\" or \"vision_model.\""))
                .changesNothing();
        LoraMergeOptions options = new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                1,
                new AdapterFileOptions("vision_model.", List.of(), Optional.empty()),
                false,
                Optional.empty());
        model.apply(new LoraMergeModelModifier(options))
                .succeeds()
                .hasValues("vision_model.encoder.q.weight", 1)
                .hasValues("text_model.encoder.q.weight", 0);
        Fixtures.merge(model, adapter("b", ones("encoder.q", 3, 1), config("")))
                .succeeds()
                .warns("the names of the model begin with `audio_model.`, which those of the adapter lack; it is added")
                .hasValues("audio_model.encoder.q.weight", 1);
        LoraMergeOptions none = new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                1,
                new AdapterFileOptions("none", List.of(), Optional.empty()),
                false,
                Optional.empty());
        model.apply(new LoraMergeModelModifier(none))
                .fails(ProblemCode.UNEXPECTED_TENSOR, "adapter-path")
                .changesNothing();
    }

    @Test
    void aPrefixThatTheAdapterHasIsLeftOut() throws IOException {
        Path adapter = adapter("a", ones("net.q", 2, 1), config(""));
        LoraMergeOptions options = new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                1,
                new AdapterFileOptions("net.", List.of(), Optional.empty()),
                false,
                Optional.empty());
        ModelFixture.of("q.weight", DType.F32, Shape.of(1, 2), 0)
                .apply(new LoraMergeModelModifier(options))
                .succeeds()
                .warns()
                .hasValues("q.weight", 1);
    }

    private static ModelFixture carrying(double base) {
        return ModelFixture.empty()
                .with("base_model.model.emb.base_layer.weight", Shape.of(3, 2), base)
                .with("base_model.model.emb.lora_embedding_A", Shape.of(1, 3), 1)
                .with("base_model.model.emb.lora_embedding_B", Shape.of(2, 1), 1);
    }

    @Test
    void aCarriedBaseThatIsTheModelsAssignsNothing() throws IOException {
        ModelFixture model = ModelFixture.of("emb.weight", DType.BF16, Shape.of(3, 2), 5);
        Path first = adapter("first", carrying(5), config(""));
        Path second = adapter("second", carrying(5), config(""));
        Skipped skipped = new Skipped(
                "base_model.model.emb.base_layer.weight", SkipReason.EXCLUDED, "the model has the same values");
        model.apply(Fixtures.weighted(first, 1))
                .succeeds()
                .skips(skipped)
                .assigns()
                .then(Fixtures.weighted(second, 1))
                .succeeds()
                .skips(skipped)
                .hasValues("emb.weight", 7);
    }

    @Test
    void aCarriedBaseThatIsAnotherIsTakenAndSaid() throws IOException {
        ModelFixture model = ModelFixture.of("emb.weight", DType.F32, Shape.of(3, 2), 5);
        Path other = adapter("other", carrying(4), config(""));
        Fixtures.merge(model, other)
                .succeeds()
                .warns("the adapter carries `emb.weight` with other values than the model has; those of the adapter are"
                        + " taken")
                .hasValues("emb.weight", 5);
        model.apply(Fixtures.weighted(adapter("first", carrying(5), config("")), 1))
                .then(Fixtures.weighted(other, 1))
                .fails(error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "the adapter carries `emb.weight` with other values than the model had: they would undo what another"
                                + " adapter has changed there",
                        "merge this adapter first, or one that was trained on the same model"))
                .changesNothing();
    }

    @Test
    void headsThatPeftListsItself() throws IOException {
        ModelFixture tensors = ones("lin", 4, 3).with("base_model.model.score.weight", Shape.of(2, 4), 7);
        String lists = ", \"modules_to_save\": [\"classifier\", \"score\"]";
        ModelFixture model = Fixtures.golden().with("score.weight", Shape.of(2, 4), 0);
        Fixtures.merge(model, adapter("task", tensors, config(lists + ", \"task_type\": \"SEQ_CLS\"")))
                .succeeds()
                .warns()
                .hasValues("score.weight", 7);
        Fixtures.merge(model, adapter("none", tensors, config(lists)))
                .fails(ProblemCode.UNMATCHED_RULE, "adapter-path")
                .changesNothing();
    }

    @Test
    void aHeadThatTheModelLacksIsAdded() throws IOException {
        Path adapter = adapter(
                "a",
                ones("net.lin", 4, 3).with("base_model.model.net.score.weight", Shape.of(2, 4), 7),
                config(", \"modules_to_save\": [\"score\"]"));
        Fixtures.merge(Fixtures.golden(), adapter)
                .succeeds()
                .warns(
                        "the names of the adapter begin with `net.`, which those of the model lack; it is left out",
                        "the model has no `score.weight`, which the adapter's `modules_to_save` saved: it is added")
                .hasNames("emb.weight", "lin.weight", "lin.bias", "score.weight")
                .hasValues("score.weight", 7)
                .hasValues("lin.weight", -1, 2, -2, 1, 4, 0, 3, -1, 2, -2, 1, 4);
    }

    /** Under transformers 5, ViT runs with other names than its files have. */
    @Test
    void namesOfTheRunningModelAndNamesOnDisk() throws IOException {
        ModelFixture model = ModelFixture.of(
                        "vit.encoder.layer.0.attention.attention.query.weight", DType.F32, Shape.of(3, 4), 0)
                .with("vit.encoder.layer.0.intermediate.dense.weight", Shape.of(3, 4), 0)
                .with("vit.encoder.layer.0.intermediate.dense.bias", Shape.of(3), 0);
        Path adapter = adapter(
                "vit",
                ones(ones("vit.layers.0.attention.q_proj", 4, 3), "vit.layers.0.mlp.fc1", 4, 3)
                        .with("base_model.model.vit.layers.0.mlp.fc1.lora_B.bias", Shape.of(3), 2),
                config(", \"lora_bias\": true, \"target_modules\": [\"q_proj\", \"fc1\"],"
                        + " \"alpha_pattern\": {\"fc1\": 3}"));
        Fixtures.merge(model, adapter)
                .fails(error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "the adapter changes modules that the model does not have: `vit.layers.0.attention.q_proj`,"
                                + " `vit.layers.0.mlp.fc1`",
                        "does the model have other names on disk than when it runs: rename = [{ table = vit, inverse = true"
                                + " }]?"))
                .changesNothing();
        renamed(model, adapter, table("vit", true))
                .succeeds()
                .warns()
                .hasValues("vit.encoder.layer.0.attention.attention.query.weight", 1)
                .hasValues("vit.encoder.layer.0.intermediate.dense.weight", 3)
                .hasValues("vit.encoder.layer.0.intermediate.dense.bias", 6);
    }

    @Test
    void rulesGiveTheAdapterOtherNames() throws IOException {
        ModelFixture model = ModelFixture.of("net.a.w.weight", DType.F32, Shape.of(3, 4), 0)
                .with("net.score.weight", Shape.of(2, 4), 0);
        Path adapter = adapter(
                "a",
                ones("b.q", 4, 3).with("base_model.model.head.weight", Shape.of(2, 4), 7),
                config(", \"modules_to_save\": [\"head\"]"));
        renamed(model, adapter, new Rule.Rename("b.q", "a.w"), new Rule.Rename("head", "score"))
                .succeeds()
                .warns("the names of the model begin with `net.`, which those of the adapter lack; it is added")
                .hasValues("net.a.w.weight", 1)
                .hasValues("net.score.weight", 7);
        renamed(model, adapter, new Rule.Rename("b.q", "a.w"), new Rule.Rename("heads", "score"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "rename[1]",
                        "rule #2, `heads` to `score`, matches 0 keys of the adapter",
                        "did you mean `head`?"))
                .changesNothing();
        renamed(model, adapter, new Rule.Transpose("b.q.weight"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rename",
                        "the rules make `b.q.weight` of `b.q.weight` with its elements in other places, which the factors of"
                                + " an update cannot follow",
                        "give the model the names of the adapter before, with the modifier renaming, merge, and undo it"
                                + " after"))
                .changesNothing();
    }

    private static Rule table(String id, boolean isInverse) {
        return new Rule.Table(NameTables.discover().find(id).orElseThrow(), Map.of(), isInverse);
    }

    private static ModifierRun renamed(ModelFixture model, Path adapter, Rule... rules) {
        return model.apply(new LoraMergeModelModifier(new LoraMergeOptions(
                CheckpointRef.of(adapter),
                true,
                1,
                new AdapterFileOptions("auto", List.of(rules), Optional.empty()),
                false,
                Optional.empty())));
    }

    @Test
    void listsThatContradictTheTensors() throws IOException {
        ModelFixture model = ModelFixture.empty()
                .with("layers.0.q.weight", Shape.of(3, 4), 0)
                .with("net.layers.1.q.weight", Shape.of(3, 4), 0);
        ModelFixture tensors = ones("net.layers.1.q", 4, 3);
        Fixtures.merge(model, adapter("excluded", tensors, config(", \"exclude_modules\": [\"1.q\"]")))
                .fails(error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "the adapter has factors for `net.layers.1.q`, which its `exclude_modules` leave out",
                        HELP))
                .changesNothing();
        Fixtures.merge(model, adapter("expression", tensors, config(", \"exclude_modules\": \".*\\\\.q\"")))
                .fails(ProblemCode.UNEXPECTED_TENSOR, "adapter-path");
        String targets = ", \"target_modules\": [\"q\"], \"layers_to_transform\": ";
        Fixtures.merge(model, adapter("layer", tensors, config(targets + "[0]")))
                .fails(
                        error(
                                ProblemCode.UNEXPECTED_TENSOR,
                                "the adapter has factors for `net.layers.1.q`, which its `layers_to_transform` do not name",
                                HELP),
                        error(
                                ProblemCode.UNMATCHED_RULE,
                                "the adapter's `layers_to_transform` has `0`, which is not a layer that the adapter has"
                                        + " factors for",
                                HELP + "; strict = false ignores it"))
                .changesNothing();
        Fixtures.merge(model, adapter("fits", tensors, config(targets + "1, \"layers_pattern\": \"layers\"")))
                .succeeds()
                .warns();
        Fixtures.merge(model, adapter("pattern", tensors, config(targets + "1, \"layers_pattern\": [\"blocks\"]")))
                .fails(
                        error(
                                ProblemCode.UNEXPECTED_TENSOR,
                                "the adapter has factors for `net.layers.1.q`, which its `layers_to_transform` do not name",
                                HELP),
                        error(
                                ProblemCode.UNMATCHED_RULE,
                                "the adapter's `layers_to_transform` has `1`, which is not a layer that the adapter has factors for",
                                HELP + "; strict = false ignores it"));
    }

    @Test
    void expressionsOfPython() throws IOException {
        ModelFixture tensors = ones("lin", 4, 3);
        for (String expression : List.of(
                "(?P<first>l)in",
                "(?P<x_1>l)(?P<x_2>i)n\\\\Z",
                "(?#that one)[[l]i[^&&]",
                "(?P<n>[lin])(?P<m>[^]\\\\]x])n|(?P=n)")) {
            Fixtures.merge(
                            Fixtures.golden(),
                            adapter(
                                    "e" + expression.hashCode(),
                                    tensors,
                                    config(", \"target_modules\": \"" + expression + "\"")))
                    .succeeds()
                    .warns();
        }
    }

    @Test
    void numbersOf64BitsAreMergedIn64() throws IOException {
        double large = 1L << 30;
        Path adapter = adapter(
                "a",
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(1, 1), 3)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(1, 1), 1.0 + 1.0 / (1 << 23))
                        .with("base_model.model.lin.lora_B.bias", Shape.of(1), 1.0 / 3),
                config(", \"lora_bias\": true"));
        Fixtures.merge(
                        ModelFixture.of("lin.weight", DType.F64, Shape.of(1, 1), large)
                                .with("lin.bias", DType.F64, Shape.of(1), large),
                        adapter)
                .succeeds()
                .hasValues("lin.weight", large + 3 * (1.0 + 1.0 / (1 << 23)))
                .hasValues("lin.bias", large + (float) (1.0 / 3));
    }

    @Test
    void severalAdaptersWithWeightsAreRoundedOnce() throws IOException {
        ModelFixture model = ModelFixture.of("lin.weight", DType.BF16, Shape.of(1, 2), 256)
                .with("lin.bias", DType.BF16, Shape.of(1), 2)
                .with("emb.weight", Shape.of(3, 2), 1, 1, 2, 2, 3, 3);
        Path first = adapter("first", ones("lin", 2, 1), config(""));
        Path second = adapter(
                "second",
                ones("lin", 2, 1)
                        .with("base_model.model.lin.lora_B.bias", Shape.of(1), 4)
                        .with("base_model.model.emb.token_adapter.trainable_tokens_delta", Shape.of(1, 2), 7),
                config(", \"lora_bias\": true, \"trainable_token_indices\": [1]"));
        ModifierRun run = model.apply(Fixtures.weighted(first, 0.75))
                .succeeds()
                .hasValues("lin.weight", 256)
                .then(Fixtures.weighted(first, 0.75))
                .hasValues("lin.weight", 258)
                .then(Fixtures.weighted(second, -0.5))
                .succeeds()
                .hasValues("lin.weight", 256 + 1.0)
                .hasValues("lin.bias", 0)
                .hasValues("emb.weight", 1, 1, -0.5, -0.5, 3, 3);
        assertEquals(
                "take trained rows from adapter_model.safetensors, weight -0.5",
                ((io.graft.tensor.ComputedTensor)
                                run.model().find("emb.weight").orElseThrow().base())
                        .operation());
    }

    @Test
    void aWeightOfASavedModuleLiesBetweenTheTwo() throws IOException {
        Path adapter = adapter(
                "a",
                ones("lin", 4, 3).with("base_model.model.emb.weight", Shape.of(5, 4), 4),
                config(", \"modules_to_save\": [\"emb\"]"));
        ModelFixture.of("emb.weight", DType.F32, Shape.of(5, 4), 2)
                .with("lin.weight", Shape.of(3, 4), 0)
                .apply(Fixtures.weighted(adapter, 0.25))
                .succeeds()
                .hasValues("emb.weight", 2.5)
                .hasValues("lin.weight", 0.25);
        assertEquals(
                "the weight is 0.0, which merges nothing",
                assertThrows(IllegalArgumentException.class, () -> Fixtures.weighted(adapter, 0))
                        .getMessage());
    }

    @Test
    void numbersThatAreNoneAreFoundWhenTheyAreRead() throws IOException {
        for (DType dtype : List.of(DType.F32, DType.F64, DType.BF16)) {
            Path adapter = adapter(
                    dtype.name(),
                    ones("lin", 4, 3).with("base_model.model.emb.weight", dtype, Shape.of(1, 2), 1, Double.NaN),
                    config(", \"modules_to_save\": [\"emb\"]"));
            ModifierRun run = Fixtures.merge(
                    ModelFixture.of("emb.weight", DType.F32, Shape.of(1, 2), 2).with("lin.weight", Shape.of(3, 4), 0),
                    adapter);
            assertEquals(
                    adapter.resolve("adapter_model.safetensors")
                            + ": `base_model.model.emb.weight` holds NaN, which would spoil the model; the training went"
                            + " wrong; take an earlier state of the adapter",
                    assertThrows(CheckpointException.class, () -> run.values("emb.weight"))
                            .getMessage());
        }
    }

    @Test
    void aBaseWithTheNamesOfLlamaCpp() throws IOException {
        Fixtures.merge(
                        ModelFixture.of("blk.0.attn_q.weight", DType.F32, Shape.of(3, 4), 0),
                        adapter("a", ones("model.layers.0.self_attn.q_proj", 4, 3), config("")))
                .fails(error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "the model has the names of llama.cpp (GGUF), and the adapter those of PyTorch:"
                                + " `model.layers.0.self_attn.q_proj`",
                        "merge into the model that the GGUF file was made from, and convert the result"))
                .changesNothing();
    }

    @Test
    void groupsOfAConvolution() throws IOException {
        ModelFixture model = ModelFixture.of("conv.weight", DType.F32, Shape.of(4, 1, 2), 0);
        String ofTwo = "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 2}";
        Fixtures.merge(
                        model,
                        adapter(
                                "kept apart",
                                ModelFixture.empty()
                                        .with("base_model.model.conv.lora_A.weight", Shape.of(2, 1, 2), 1, 2, 3, 4)
                                        .with("base_model.model.conv.lora_B.weight", Shape.of(4, 1, 1), 1, 2, 3, 4),
                                ofTwo))
                .succeeds()
                .hasValues("conv.weight", 1, 2, 2, 4, 9, 12, 12, 16);
        Fixtures.merge(
                        model,
                        adapter(
                                "mixed",
                                ModelFixture.empty()
                                        .with("base_model.model.conv.lora_A.weight", Shape.of(2, 2, 2), 1)
                                        .with("base_model.model.conv.lora_B.weight", Shape.of(4, 1, 1), 1),
                                ofTwo))
                .fails(error(
                        ProblemCode.SHAPE_MISMATCH,
                        "`conv.weight` has the shape [4, 1, 2], which the factors [2, 2, 2] and [4, 1, 1] of the adapter do"
                                + " not fit: the layer has groups, and the adapter mixes the inputs of all of them, which no"
                                + " weight of it does",
                        "the adapter was trained on another model, or on one with another vocabulary"))
                .changesNothing();
    }

    private static ModelFixture ofExperts() {
        return ModelFixture.empty()
                .with("base_model.model.experts.lora_A.weight", Shape.of(2, 3), 1, 2, 3, 4, 5, 6)
                .with("base_model.model.experts.lora_B.weight", Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
    }

    @Test
    void squareWeightsOfExpertsAreWhatTheVersionSays() throws IOException {
        ModelFixture model = ModelFixture.of("experts.up", DType.F32, Shape.of(2, 3, 3), 0);
        String config = ", \"target_parameters\": [\"experts.up\"], \"peft_version\": ";
        Fixtures.merge(model, adapter("old", ofExperts(), config(config + "\"0.18.1\"")))
                .succeeds()
                .hasValues("experts.up", 1, 3, 5, 2, 6, 10, 3, 9, 15, 8, 16, 24, 10, 20, 30, 12, 24, 36);
        Fixtures.merge(model, adapter("new", ofExperts(), config(config + "\"0.21.0\"")))
                .fails(error(
                        ProblemCode.SHAPE_MISMATCH,
                        "the factors of `experts` fit its parameters in 2 ways (`experts.up`): which of them each is for, or"
                                + " which way round the experts' weights lie, cannot be told",
                        "merge it with PEFT, or train these parameters in an adapter each"))
                .changesNothing();
        Fixtures.merge(
                        ModelFixture.of("experts.up", DType.F32, Shape.of(2, 5, 3), 0),
                        adapter("unfit", ofExperts(), config(config + "\"0.21.0\"")))
                .fails(error(
                        ProblemCode.SHAPE_MISMATCH,
                        "the factors of `experts`, [2, 3] with [3, 2], fit none of the adapter's `target_parameters` there:"
                                + " `experts.up` [2, 5, 3]",
                        "the adapter was trained on another model"))
                .changesNothing();
    }

    /** PEFT wraps the module three times; which update is of which parameter is told by shapes alone. */
    @Test
    void threeParametersOfOneModule() throws IOException {
        ModelFixture model = ModelFixture.empty()
                .with("experts.down", Shape.of(2, 3, 5), 0)
                .with("experts.gate", Shape.of(2, 4, 3), 0)
                .with("experts.router", Shape.of(2, 3), 0);
        ModelFixture factors = ModelFixture.empty()
                .with("base_model.model.experts.base_layer.base_layer.lora_A.weight", Shape.of(2, 3), 1)
                .with("base_model.model.experts.base_layer.base_layer.lora_B.weight", Shape.of(4, 2), 2)
                .with("base_model.model.experts.base_layer.lora_A.weight", Shape.of(2, 5), 1)
                .with("base_model.model.experts.base_layer.lora_B.weight", Shape.of(3, 2), 3)
                .with("base_model.model.experts.lora_A.weight", Shape.of(1, 3), 1)
                .with("base_model.model.experts.lora_B.weight", Shape.of(2, 1), 4);
        String config = config(", \"peft_version\": \"0.21.0\","
                + " \"target_parameters\": [\"experts.gate\", \"experts.down\", \"experts.router\"]");
        Fixtures.merge(model, adapter("a", factors, config))
                .succeeds()
                .hasValues("experts.gate", 2)
                .hasValues("experts.down", 3)
                .hasValues("experts.router", 4);
    }

    @Test
    void aSavedModuleThatReplacesAnEarlierOnes() throws IOException {
        ModelFixture tensors = ones("lin", 4, 3).with("base_model.model.emb.weight", Shape.of(5, 4), 4);
        Path adapter = adapter("a", tensors, config(", \"modules_to_save\": [\"emb\"]"));
        Fixtures.golden()
                .apply(Fixtures.weighted(adapter, 1))
                .warns()
                .then(Fixtures.weighted(adapter, 1))
                .warns("`emb.weight` got values from a modifier before, which those that the adapter saved replace");
    }

    @Test
    void trainedRowsThatDoNotFit() throws IOException {
        ModelFixture rows = ModelFixture.empty()
                .with("base_model.model.emb.token_adapter.trainable_tokens_delta", Shape.of(2, 4), 9);
        Fixtures.merge(Fixtures.golden(), adapter("beyond", rows, config(", \"trainable_token_indices\": [1, 5]")))
                .fails(error(
                        ProblemCode.SHAPE_MISMATCH,
                        "the trained rows of `emb.weight` do not fit: [2, 4] in the adapter, for 2 rows up to 5, and [5, 4]"
                                + " in the model",
                        "the adapter was trained on another model, or on one with another vocabulary"))
                .changesNothing();
        Fixtures.merge(Fixtures.golden(), adapter("untold", rows, config("")))
                .fails(error(
                        ProblemCode.MISSING_TENSOR,
                        "the adapter has trained rows for `emb`, and its `trainable_token_indices` does not say which",
                        HELP))
                .changesNothing();
        Fixtures.merge(
                        Fixtures.golden(),
                        adapter("other", rows, config(", \"trainable_token_indices\": {\"emb\": [1, 4], \"e\": [0]}")))
                .fails(error(
                        ProblemCode.UNMATCHED_RULE,
                        "the adapter's `trainable_token_indices` has `e`, which is not a module that the adapter has rows"
                                + " for",
                        HELP + "; strict = false ignores it"))
                .changesNothing();
    }

    /** P47. */
    @Test
    void trainedRowsOfATiedEmbeddingAreThoseOfTheHeadToo() throws IOException {
        Path adapter = adapter(
                "a",
                ModelFixture.empty()
                        .with("base_model.model.emb.token_adapter.trainable_tokens_delta", Shape.of(1, 4), 9),
                config(", \"trainable_token_indices\": {\"emb\": [4]}"));
        Fixtures.merge(Fixtures.golden().tie("head.weight", "emb.weight"), adapter)
                .succeeds()
                .warns("`emb.weight` is one tensor with `head.weight`, and the adapter changes all of it")
                .hasValues("head.weight", -2, 1, -3, 0, 3, -1, 2, -2, 1, -3, 0, 3, -1, 2, -2, 1, 9, 9, 9, 9);
    }

    @Test
    void tiesThatTheTrainingKeptStay() throws IOException {
        Path adapter = adapter(
                "a",
                ones("lin", 4, 3)
                        .with("base_model.model.head.lora_A.weight", Shape.of(1, 4), 1)
                        .with("base_model.model.head.lora_B.weight", Shape.of(3, 1), 1),
                config(", \"ensure_weight_tying\": true"));
        Fixtures.merge(
                        ModelFixture.of("lin.weight", DType.F32, Shape.of(3, 4), 0)
                                .tie("head.weight", "lin.weight"),
                        adapter)
                .succeeds()
                .warns("`head.weight` is one tensor with `lin.weight`, and the adapter changes all of it")
                .hasValues("lin.weight", 1)
                .hasValues("head.weight", 1);
    }

    @Test
    void magnitudesThatDoNotFit() throws IOException {
        Path adapter = adapter(
                "a",
                ones("lin", 4, 3).with("base_model.model.lin.lora_magnitude_vector", Shape.of(4), 1),
                config(", \"use_dora\": true"));
        Fixtures.merge(Fixtures.golden(), adapter)
                .fails(error(
                        ProblemCode.SHAPE_MISMATCH,
                        "`base_model.model.lin.lora_magnitude_vector` has the shape [4], and `lin.weight` has 3 outputs",
                        "the adapter was trained on another model"))
                .changesNothing();
    }
}
