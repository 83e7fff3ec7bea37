package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each thing that an adapter can have wrong, or that cannot be merged; nothing is edited then. */
class RefusalsTest {
    private static final ModelFixture FACTORS = ModelFixture.empty()
            .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1)
            .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1);

    @TempDir
    Path folder;

    private static String config(String more) {
        return "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4" + more + "}";
    }

    private void unusable(String config, String reason, String message) {
        Path adapter = Fixtures.adapter(folder, FACTORS, config);
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), adapter));
        assertEquals(
                reason + ": " + folder.resolve("adapter_config.json") + ": " + message,
                refused.reason() + ": " + refused.getMessage());
        assertEquals(true, folder.resolve("adapter_model.safetensors").toFile().delete());
    }

    private void fails(ModelFixture tensors, String config, ProblemCode code, String message, String help) {
        ModelFixture model = Fixtures.golden();
        fails(model, tensors, config, code, message, help);
    }

    private void fails(
            ModelFixture model, ModelFixture tensors, String config, ProblemCode code, String message, String help) {
        ModifierRun run = Fixtures.merge(model, Fixtures.adapter(folder, tensors, config));
        run.fails(new ReportedError(code, "adapter-path", message, help)).changesNothing();
        assertEquals(true, folder.resolve("adapter_model.safetensors").toFile().delete());
    }

    @Test
    void whatCannotBeMerged() {
        unusable(
                config(", \"layer_replication\": [[0, 2]], \"init_lora_weights\": \"pissa_niter_4\""),
                "UNSUPPORTED",
                "cannot be merged into the weights of a model: it has `layer_replication`, which repeats layers of the base,"
                        + " each with an update of its own; and `init_lora_weights` = pissa_niter_4, which has changed the"
                        + " base weights before training, and they are not in the adapter; convert it to plain LoRA with"
                        + " PEFT, or serve it unmerged there");
        unusable(
                "{\"peft_type\": \"LOHA\"}",
                "UNSUPPORTED",
                "is an adapter of the kind LOHA, and only LORA and IA3, LOKR, VERA can be merged into the weights of a model");
    }

    @Test
    void keysThatNobodyKnows() {
        unusable(
                config(", \"use_rslore\": true, \"use_other\": false"),
                "UNSUPPORTED",
                "has keys that are not known here, and that may change what the adapter means: `use_rslore`; did"
                        + " you mean `use_rslora` or `use_bdlora` or `use_qalora`?");
        unusable(
                config(", \"quantum\": 1"),
                "UNSUPPORTED",
                "has keys that are not known here, and that may change what the adapter means: `quantum`; merge it"
                        + " with the PEFT that saved it");
    }

    @Test
    void aConfigurationThatIsNone() {
        String again = "; save the adapter again";
        unusable("[]", "MALFORMED", "is not a JSON object" + again);
        unusable("{} {}", "MALFORMED", "goes on after its JSON object" + again);
        unusable("{\"r\": }", "MALFORMED", "is not valid JSON (line 1, column 7)" + again);
        unusable("{\"r\": 1, \"r\": 2}", "MALFORMED", "is not valid JSON (line 1, column 13)" + again);
        unusable("{}", "MALFORMED", "lacks `peft_type`, the kind of adapter" + again);
        unusable("{\"peft_type\": \"LORA\"}", "MALFORMED", "lacks `r`, a whole number above 0" + again);
        unusable(
                "{\"peft_type\": \"LORA\", \"r\": 0}",
                "MALFORMED",
                "`r` must be a whole number above 0, and is 0" + again);
        unusable(
                config(", \"rank_pattern\": {\"a\": \"b\"}"),
                "MALFORMED",
                "`rank_pattern` must be an object of numbers that 32 bits hold, and is {a=b}" + again);
        unusable(
                config(", \"target_modules\": [1]"),
                "MALFORMED",
                "`target_modules` must be a list of texts, and is [1]" + again);
        unusable(config(", \"use_rslora\": 1"), "MALFORMED", "`use_rslora` must be true or false, and is 1" + again);
        unusable(
                config(", \"target_modules\": \"(lin\""),
                "MALFORMED",
                "`target_modules` has `(lin`, which is no regular expression that can be read here: Unclosed group at"
                        + " character 4; write the expression another way, or list the names");
        unusable(
                config(", \"target_modules\": \"(?P<a>l)(?(a)in|x)\""),
                "MALFORMED",
                "`target_modules` has `(?P<a>l)(?(a)in|x)`, which is no regular expression that can be read here: Unknown"
                        + " inline modifier at character 11; write the expression another way, or list the names");
        unusable(
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 1e39}",
                "MALFORMED",
                "`lora_alpha` must be a number that 32 bits hold, and is 1.0E39" + again);
        unusable(
                config(", \"layers_pattern\": \"layers\""),
                "MALFORMED",
                "`layers_pattern` must be null where there is no `layers_to_transform`, and is layers" + again);
        unusable(
                config(", \"layers_to_transform\": \"1\""),
                "MALFORMED",
                "`layers_to_transform` must be a number or a list of numbers, and is 1" + again);
        unusable(
                config(", \"trainable_token_indices\": [1, 1]"),
                "MALFORMED",
                "`trainable_token_indices` must be a list of rows, each once, or an object of such lists, and is [1, 1]"
                        + again);
        unusable(
                "{\"a\": \"" + "a".repeat(1 << 20) + "\"}",
                "REFUSED",
                "is larger than 1048576 bytes; an adapter's configuration is small");
    }

    @Test
    void anExpressionThatBacktracksWithoutEnd() {
        String name = "a".repeat(40);
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model." + name + ".lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model." + name + ".lora_B.weight", Shape.of(3, 2), 1),
                config(", \"target_modules\": \"((a|aa)+)+b\""));
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), adapter));
        assertEquals(
                "`target_modules` has `((a|aa)+)+b`, which takes too long to match `" + name + "`", refused.detail());
    }

    @Test
    void filesThatAreNotThere() throws IOException {
        assertEquals(
                folder.resolve("none") + ": does not exist; check the path",
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), folder.resolve("none")))
                        .getMessage());
        String none =
                ": has no file of an adapter, such as adapter_model.safetensors; name the folder that the adapter was"
                        + " saved to, or its file of tensors";
        assertEquals(
                folder + none,
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), folder))
                        .getMessage());
        Fixtures.config(folder, config(""));
        assertEquals(
                folder + none,
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), folder))
                        .getMessage());
        Files.delete(folder.resolve("adapter_config.json"));
        Path tensors = FACTORS.save(folder, "other");
        for (Path path : List.of(tensors, folder)) {
            assertEquals(
                    tensors
                            + ": has no adapter_config.json beside it; name the folder that PEFT's save_pretrained wrote",
                    assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), path))
                            .getMessage());
        }
    }

    @Test
    void keysOfAnotherKind() {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.default.weight", Shape.of(2, 4), 1)
                        .with("lin.lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.lin.lora_E", Shape.of(2, 1), 1)
                        .with("lin.hada_w1_a", Shape.of(2, 1), 1)
                        .with("lin.weight", Shape.of(3, 4), 1),
                config(""));
        assertEquals(
                List.of(
                        "1 tensor with keys that are of a running PEFT model, with the adapter's name in them:"
                                + " `base_model.model.lin.lora_A.default.weight`",
                        "1 tensor with keys that are of PEFT without the beginning `base_model.model.`:"
                                + " `lin.lora_A.weight`",
                        "2 tensors with keys that are of another method than LoRA: `base_model.model.lin.lora_E`,"
                                + " `lin.hada_w1_a`",
                        "1 tensor with keys that are not those of an adapter: `lin.weight`"),
                Fixtures.merge(Fixtures.golden(), adapter).changesNothing().errors().stream()
                        .map(error -> error.message().replace("`adapter_model.safetensors` has ", ""))
                        .toList());
    }

    @Test
    void filesThatNoDialectRecognises() {
        Path alone = ModelFixture.empty()
                .with("lin.lora_A.weight", Shape.of(2, 4), 1)
                .save(folder, "alone");
        assertEquals(
                alone + ": is no adapter of diffusers, kohya, mlx, peft, torchtune: its keys are of PEFT without the"
                        + " beginning `base_model.model.`, as `lin.lora_A.weight`; save the adapter with save_pretrained of"
                        + " the PEFT model, not of a part of it",
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), alone))
                        .getMessage());
        Path model = ModelFixture.empty().with("lin.weight", Shape.of(2, 4), 1).save(folder, "model");
        assertEquals(
                model
                        + ": is no adapter of diffusers, kohya, mlx, peft, torchtune: its keys are not those of an adapter, as"
                        + " `lin.weight`; the keys of an adapter that PEFT saved begin with `base_model.model.` and end in"
                        + " `.lora_A.weight`, `.lora_B.weight`, `.lora_embedding_A` or `.lora_embedding_B`",
                assertThrows(CheckpointException.class, () -> Fixtures.merge(Fixtures.golden(), model))
                        .getMessage());
    }

    @Test
    void factorsThatAreNoPair() {
        fails(
                ModelFixture.empty().with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1),
                config(""),
                ProblemCode.MISSING_TENSOR,
                "`lin` needs one pair of factors, and the adapter has `base_model.model.lin.lora_A.weight`",
                "save the adapter again");
        fails(
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(3, 4, 3, 3), 1)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2, 1, 1), 1),
                config(""),
                ProblemCode.SHAPE_MISMATCH,
                "the factors of `lin` have the shapes [3, 4, 3, 3] and [3, 2, 1, 1], and are no pair: [rank, in] and [out,"
                        + " rank], for a convolution [rank, in, kernel...] and [out, rank, 1...]",
                "save the adapter again");
    }

    @Test
    void factorsThatWereNotGathered() {
        fails(
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(0))
                        .with("base_model.model.lin.lora_B.weight", Shape.of(0)),
                config(""),
                ProblemCode.SHAPE_MISMATCH,
                "2 tensors of the adapter are empty, such as `base_model.model.lin.lora_A.weight` of shape [0]: a training"
                        + " on several devices (DeepSpeed ZeRO-3, FSDP) saved them without gathering their parts",
                "gather the parameters before saving, or rebuild them with DeepSpeed's zero_to_fp32.py");
    }

    @Test
    void savedModulesThatTheAdapterDoesNotHold() {
        Fixtures.merge(
                        Fixtures.golden(),
                        Fixtures.adapter(
                                folder,
                                ModelFixture.empty().with("base_model.model.emb.weight", Shape.of(5, 4), 1),
                                config(", \"modules_to_save\": [\"emb\", \"head\"]")))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "adapter-path",
                        "the adapter's `modules_to_save` has `head`, which is not a module that the adapter has"
                                + " tensors of",
                        "the two files may be of different adapters; strict = false ignores it"))
                .changesNothing();
    }

    @Test
    void modulesThatTheModelDoesNotHave() {
        fails(
                ModelFixture.of("lin.weight", DType.F32, Shape.of(3, 4), 1).linear("out", 2, 2, 1),
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1)
                        .with("base_model.model.outt.lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.outt.lora_B.weight", Shape.of(3, 2), 1),
                config(""),
                ProblemCode.UNEXPECTED_TENSOR,
                "the adapter changes modules that the model does not have: `outt`",
                "did you mean `out.weight`?");
        fails(
                ModelFixture.empty().with("base_model.model.lin.biass", Shape.of(3), 1),
                config(""),
                ProblemCode.UNEXPECTED_TENSOR,
                "the adapter holds tensors that have no place in the model: `lin.biass`",
                "did you mean `lin.bias`?");
    }

    @Test
    void shapesThatDoNotFit() {
        fails(
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 5), 1)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1),
                config(""),
                ProblemCode.SHAPE_MISMATCH,
                "`lin.weight` has the shape [3, 4], which the factors [2, 5] and [3, 2] of the adapter do not fit",
                "the adapter was trained on another model, or on one with another vocabulary");
        fails(
                ModelFixture.empty().with("base_model.model.lin.bias", Shape.of(4), 1),
                config(""),
                ProblemCode.SHAPE_MISMATCH,
                "`lin.bias` does not fit: [4] in the adapter, [3] in the model",
                "the adapter was trained on another model, or on one with another head or vocabulary");
        fails(
                FACTORS,
                "{\"peft_type\": \"LORA\", \"r\": 8, \"lora_alpha\": 4}",
                ProblemCode.SHAPE_MISMATCH,
                "`lin` has the rank 2 by its factors, [2, 4] and [3, 2], and another one by the adapter's configuration, 8",
                "the two files may be of different adapters");
    }

    @Test
    void biasesThatHaveNoPlace() {
        ModelFixture tensors = ModelFixture.empty()
                .with("base_model.model.emb.lora_A.weight", Shape.of(2, 4), 1)
                .with("base_model.model.emb.lora_B.weight", Shape.of(5, 2), 1)
                .with("base_model.model.emb.lora_B.bias", Shape.of(5), 1);
        fails(
                tensors,
                config(""),
                ProblemCode.UNEXPECTED_TENSOR,
                "the adapter has a bias for `emb`, which has none in the model",
                "");
        fails(
                ModelFixture.empty()
                        .with("base_model.model.lin.lora_A.weight", Shape.of(2, 4), 1)
                        .with("base_model.model.lin.lora_B.weight", Shape.of(3, 2), 1)
                        .with("base_model.model.lin.lora_B.bias", Shape.of(4), 1),
                config(""),
                ProblemCode.SHAPE_MISMATCH,
                "`lin.bias` does not fit: [4] in the adapter, [3] in the model",
                "");
    }

    @Test
    void numbersThatCannotBeAdded() {
        fails(
                ModelFixture.of("lin.weight", DType.I8, Shape.of(3, 4), 1),
                FACTORS,
                config(""),
                ProblemCode.UNSUPPORTED_CHANGE,
                "`lin.weight` is I8 in the model and F32 in the adapter; F16, BF16, F32 and F64 can be merged",
                "convert the one that is not before");
        fails(
                ModelFixture.read(Fixtures.file("complex.safetensors")),
                ModelFixture.empty().with("base_model.model.w", Shape.of(2), 1),
                config(""),
                ProblemCode.UNSUPPORTED_CHANGE,
                "`w` is C64 in the model and F32 in the adapter, which cannot be converted",
                "");
    }

    /** PEFT keeps one flag for all layers: here `proj` is linear and `c_attn` is not. */
    @Test
    void aSquareWeightWithoutAWitness() {
        fails(
                ModelFixture.empty().with("proj.weight", Shape.of(8, 8), 0).with("c_attn.weight", Shape.of(8, 24), 0),
                ModelFixture.empty()
                        .with("base_model.model.proj.lora_A.weight", Shape.of(2, 8), 1)
                        .with("base_model.model.proj.lora_B.weight", Shape.of(8, 2), 1)
                        .with("base_model.model.c_attn.lora_A.weight", Shape.of(2, 8), 1)
                        .with("base_model.model.c_attn.lora_B.weight", Shape.of(24, 2), 1),
                config(", \"fan_in_fan_out\": true"),
                ProblemCode.SHAPE_MISMATCH,
                "`proj.weight` is square, and whether it is stored as [out, in] or as [in, out] cannot be told: the adapter's"
                        + " `fan_in_fan_out` = true is that of one layer, and no other layer named `proj` is there to show it",
                "train linear layers and transposed ones in two adapters, or merge it with PEFT");
    }

    @Test
    void listsThatNameOtherModules() {
        Fixtures.merge(Fixtures.golden(), Fixtures.adapter(folder, FACTORS, config(", \"target_modules\": [\"in\"]")))
                .fails(
                        new ReportedError(
                                ProblemCode.UNEXPECTED_TENSOR,
                                "adapter-path",
                                "the adapter has factors for `lin`, which its `target_modules` do not name",
                                "the two files may be of different adapters"),
                        new ReportedError(
                                ProblemCode.UNMATCHED_RULE,
                                "adapter-path",
                                "the adapter's `target_modules` has `in`, which is not a module that the adapter has"
                                        + " factors for",
                                "the two files may be of different adapters; strict = false ignores it"))
                .changesNothing();
    }

    @Test
    void entriesWithoutEffect() {
        String entries = config(", \"target_modules\": [\"lin\", \"lim\"], \"modules_to_save\": [\"head\"],"
                + " \"rank_pattern\": {\"x\": 2}, \"alpha_pattern\": {\"y.*\": 2.5}");
        Path adapter = Fixtures.adapter(folder, FACTORS, entries);
        String help = "the two files may be of different adapters; strict = false ignores it";
        String[] messages = {
            "the adapter's `target_modules` has `lim`, which is not a module that the adapter has factors for",
            "the adapter's `modules_to_save` has `head`, which is not a module that the adapter has tensors of",
            "the adapter's `rank_pattern` has `x`, which is not a module that the adapter has factors for",
            "the adapter's `alpha_pattern` has `y.*`, which is not a module that the adapter has factors for"
        };
        ReportedError[] errors = new ReportedError[messages.length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = new ReportedError(ProblemCode.UNMATCHED_RULE, "adapter-path", messages[i], help);
        }
        Fixtures.merge(Fixtures.golden(), adapter).fails(errors).changesNothing();
        Fixtures.merge(Fixtures.golden(), adapter, false)
                .succeeds()
                .warns(messages)
                .hasValues("lin.weight", 2, 5, 1, 4, 7, 3, 6, 2, 5, 1, 4, 7);
    }

    @Test
    void patternsThatDisagree() {
        fails(
                FACTORS,
                config(", \"alpha_pattern\": {\"lin\": 2, \"l.*\": 3}"),
                ProblemCode.NAME_COLLISION,
                "the adapter's `alpha_pattern` gives `lin` the values [2.0, 3.0]",
                "keep one entry of the pattern for each module");
    }
}
