package io.graft.cli.diff;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffTest {
    @TempDir
    Path folder;

    /** Pairs that PyTorch, transformers and safetensors wrote of the same tensors. */
    @ParameterizedTest
    @CsvSource({
        "m43/init.pt, m43/init.safetensors",
        "m43/full7.pt, m43/full7-model_state_dict.pth",
        "m43/scripted.pt, m43/init.safetensors",
        "torch/corners.pt, torch/corners-legacy.pt",
        "torch/corners.pt, torch/corners-expected.safetensors",
        "bert/hf, bert/hf-sharded",
        "torch/sharded, torch/sharded-expected.safetensors",
        "epd/scripted.pt, epd/model.safetensors",
        "epd/traced.pt, epd/model.safetensors",
        "epd/scripted.pt, epd/traced.pt"
    })
    void theSameTensorsInTwoContainersAreEqual(String a, String b) {
        Place place = new Place(folder).with(a, b);
        String out = place.graft("diff", inside(a), inside(b)).is(ExitCode.DONE).out();
        assertEquals(3, out.lines().count(), out);
    }

    @Test
    void whatDiffersIsShown() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/mismatched.pt");
        assertGolden(
                "DiffTest/mismatched.txt",
                place.graft("diff", "DIR/init.safetensors", "DIR/mismatched.pt")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void valuesAreShownByTheirDistance() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/full7.pt");
        assertGolden(
                "DiffTest/values.txt",
                place.graft("diff", "DIR/init.safetensors", "DIR/full7.pt")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void programsGetADocument() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/mismatched.pt");
        assertGolden(
                "DiffTest/mismatched.json",
                place.graft("diff", "DIR/init.safetensors", "DIR/mismatched.pt", "--json")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void longListsAreCut() throws IOException {
        Place place = new Place(folder).with("bert/hf", "epd/model.safetensors");
        assertGolden(
                "DiffTest/strangers.txt",
                place.graft("diff", "DIR/hf", "DIR/model.safetensors")
                        .is(ExitCode.MISFIT)
                        .out());
        String all = place.graft("diff", "DIR/hf", "DIR/model.safetensors", "-v")
                .is(ExitCode.MISFIT)
                .out();
        assertEquals(2 + 1 + 39 + 1 + 40 + 1, all.lines().count(), all);
    }

    /** Section 9 of the field reports: a merge against another tool's. */
    @Test
    void valuesThatAreApartByRoundingAreTheSameWithATolerance() throws IOException {
        Place place = new Place(folder)
                .with("peft/base.safetensors", "peft/lora", "peft/merged.safetensors")
                .config("base.safetensors", "{ type = lora-merge, adapter-path = lora }");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        place.graft("diff", "DIR/out", "DIR/merged.safetensors").is(ExitCode.MISFIT);
        String out = place.graft("diff", "DIR/out", "DIR/merged.safetensors", "--tolerance", "1e-6,1e-5")
                .is(ExitCode.DONE)
                .out();
        assertTrue(out.contains(" of them within the tolerance (apart by at most "), out);
    }

    /** Section 9 of the field reports: nothing was equal, and no hint. */
    @Test
    void aLightningFileAndItsModelAreTheSame() throws IOException {
        Place place = new Place(folder).with("m43/full7.pt", "m43/full7-lightning.ckpt");
        assertGolden(
                "DiffTest/lightning.txt",
                place.graft("diff", "DIR/full7.pt", "DIR/full7-lightning.ckpt")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "DiffTest/lightning.json",
                place.graft("diff", "DIR/full7-lightning.ckpt", "DIR/full7.pt", "--json", "--keys", "**.bias")
                        .is(ExitCode.DONE)
                        .out());
        String exact = place.graft("diff", "DIR/full7.pt", "DIR/full7-lightning.ckpt", "--exact-names")
                .is(ExitCode.MISFIT)
                .out();
        assertTrue(exact.contains("- 4 tensors only in A\n"), exact);
    }

    @Test
    void segmentsOfWrappersAreNoDifference() throws IOException {
        write("plain", "blocks.0.attn.weight", "blocks.1.attn.weight");
        write("compiled", "module.blocks.0._orig_mod.attn.weight", "module.blocks.1._orig_mod.attn.weight");
        String out = new Place(folder)
                .graft("diff", "DIR/plain.safetensors", "DIR/compiled.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                List.of(
                        "! names of B: prefix `module.` stripped (2 of 2)",
                        "! segments of wrappers, such as `_orig_mod`, left out of 2 of 2 names of B"),
                out.lines().filter(line -> line.startsWith("!")).toList());
    }

    @Test
    void aPrefixThatFitsFewNamesIsNone() throws IOException {
        write("one", "a.weight", "b.weight", "c.weight", "d.weight");
        write("other", "x.a.weight", "p.q", "r.s", "t.u");
        String out = new Place(folder)
                .graft("diff", "DIR/one.safetensors", "DIR/other.safetensors")
                .is(ExitCode.MISFIT)
                .out();
        assertTrue(out.endsWith("= 0 tensors are equal\n") && !out.contains("!"), out);
    }

    private void write(String stem, String... names) throws IOException {
        new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of())
                .write(Stream.of(names)
                        .map(name -> new OutputTensor(
                                name, DType.F32, Shape.of(1), () -> TensorData.of(ByteBuffer.allocate(Float.BYTES))))
                        .toList());
    }

    @Test
    void renamedTensorsAreTheSame() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors");
        place.graft("convert", "DIR/init.safetensors", "DIR/ours.safetensors", "--rename", "encoder=net.enc");
        place.graft("diff", "DIR/ours.safetensors", "DIR/init.safetensors").is(ExitCode.MISFIT);
        assertEquals(
                """
                A  DIR/ours.safetensors  (safetensors, state_dict)
                B  DIR/init.safetensors  (safetensors, state_dict)
                ! rule #1, `net.enc` to `encoder`, renamed 2 keys
                = 4 tensors are equal
                """,
                place.graft("diff", "DIR/ours.safetensors", "DIR/init.safetensors", "--rename", "net.enc=encoder")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "DiffTest/renamed.json",
                place.graft(
                                "diff",
                                "DIR/ours.safetensors",
                                "DIR/init.safetensors",
                                "--rename",
                                "net.enc=encoder",
                                "--keys",
                                "net.enc.bias",
                                "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    /** The names that a rule gives are held to a prefix that the other file has. */
    @Test
    void aPrefixIsLookedForAfterTheRules() throws IOException {
        write("ours", "enc.a.weight", "enc.b.weight", "own");
        write("theirs", "model.encoder.a.weight", "model.encoder.b.weight", "model.other");
        assertEquals(
                """
                A  DIR/ours.safetensors  (safetensors, state_dict)
                B  DIR/theirs.safetensors  (safetensors, state_dict)
                ! rule #1, `enc` to `encoder`, renamed 2 keys
                ! names of B: prefix `model.` stripped (3 of 3)
                - 1 tensor only in A
                    own  F32 [1]
                + 1 tensor only in B
                    model.other  F32 [1]
                = 2 tensors are equal
                """,
                new Place(folder)
                        .graft("diff", "DIR/ours.safetensors", "DIR/theirs.safetensors", "--rename", "enc=encoder")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    /** What is kept apart in one file and fused in the other is compared where the rule puts it. */
    @Test
    void aTableWhoseNumbersTheConfigurationTells() throws IOException {
        Path fixtures = Path.of("../core/src/test/resources/io/graft/model/rules/llama-fused");
        Files.copy(fixtures.resolve("disk.safetensors"), folder.resolve("model.safetensors"));
        Files.copy(fixtures.resolve("running.safetensors"), folder.resolve("fused.safetensors"));
        Place place = new Place(folder);
        String[] command = {"diff", "DIR/model.safetensors", "DIR/fused.safetensors", "--rename", "llama-fused"};
        place.graft(command)
                .is(
                        ExitCode.USAGE,
                        "graft: --rename: rule #1, table `llama-fused`, needs `heads` (attention heads,"
                                + " `num_attention_heads` of config.json) and `key-value-heads` (heads of keys and values,"
                                + " `num_key_value_heads` of config.json), and no config.json beside the checkpoint A tells"
                                + " it; write { table = llama-fused, heads = ..., key-value-heads = ... }\n");
        place.file("config.json", "{ \"num_attention_heads\": 2, \"num_key_value_heads\": 1 }");
        String out = place.graft(command).is(ExitCode.DONE).out();
        assertTrue(
                out.contains(
                        "! rule #1, table `llama-fused` with `heads` 2 and `key-value-heads` 1 of config.json, changed "),
                out);
        place.file("config.json", "{ \"num_attention_heads\": 1, \"num_key_value_heads\": 2 }");
        place.graft(command)
                .is(
                        ExitCode.MISFIT,
                        "graft: --rename: rule #1, table `llama-fused` with `heads` 1 and `key-value-heads` 2 of config.json,"
                                + " concatenation of `**.self_attn.q_proj`, `**.self_attn.k_proj`, `**.self_attn.v_proj` to"
                                + " `**.self_attn.qkv_proj`, cannot be followed: `model.layers.0.self_attn.qkv_proj.weight`:"
                                + " their lengths along axis 0 are [8, 4, 4], and `sizes` is [1, 2, 2]\n");
    }

    @Test
    void rulesThatCannotBeFollowedAreErrors() throws IOException {
        write("one", "a.weight", "b.weight");
        write("other", "a.weight", "c.weight");
        Place place = new Place(folder);
        String[] files = {"diff", "DIR/one.safetensors", "DIR/other.safetensors", "--rename"};
        assertRenameRefused(
                place,
                files,
                "x=y",
                ExitCode.MISFIT,
                "rule #1, `x` to `y`, matches 0 keys of the checkpoint A; did you mean `a` or `b`?");
        assertRenameRefused(
                place,
                files,
                "b=a",
                ExitCode.MISFIT,
                "`a.weight` and `b.weight` of A would both be called `a.weight`; give one of them another name");
        assertRenameRefused(
                place,
                files,
                "gpt2",
                ExitCode.USAGE,
                "no table of names is called `gpt2`; did you mean `gpt-2`? the tables are bert, gemma-3, gpt-2,"
                        + " gpt-2-linear, llama-fused, llama-meta, mixtral, qwen-moe, qwen2.5-vl, vit; or give FROM=TO");
    }

    private static void assertRenameRefused(Place place, String[] command, String rule, int code, String message) {
        String[] all = Stream.concat(Stream.of(command), Stream.of(rule)).toArray(String[]::new);
        place.graft(all).is(code, "graft: --rename: " + message + "\n");
    }

    @Test
    void codesThatCannotBeReadAreNotMoved() {
        String blocks = "../core/src/test/resources/fixtures/quantized/gguf-iq2_xs/model.gguf";
        new Place(folder)
                .graft("diff", blocks, blocks, "--rename", "{ type = transpose, tensors = \"**.attn_q.weight\" }")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: --rename: `blk.0.attn_q.weight` of A is stored as IQ2_XS, which cannot be read"
                                + " here, and a rule moves its elements; leave the rule out, so that codes are compared as"
                                + " they lie\n");
    }

    @Test
    void whatIsNotToleratedIsShown() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/full7.pt");
        assertGolden(
                "DiffTest/tolerance.txt",
                place.graft("diff", "DIR/init.safetensors", "DIR/full7.pt", "--tolerance", "7.27")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void aPartIsCompared() {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/mismatched.pt");
        String out = place.graft(
                        "diff", "DIR/init.safetensors", "DIR/mismatched.pt", "--keys", "encoder", "--keys", "old*")
                .is(ExitCode.MISFIT)
                .out();
        assertEquals(
                List.of("old_head.weight", "encoder.weight", "encoder.bias"),
                out.lines()
                        .filter(line -> line.startsWith("    "))
                        .map(line -> line.strip().replaceFirst(" .*", ""))
                        .toList());
    }

    @Test
    void keysAndTolerancesThatAreNoneAreErrors() {
        Place place = new Place(folder).with("m43/init.safetensors");
        place.graft("diff", "DIR/init.safetensors", "DIR/init.safetensors", "--keys", "encodr")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keys: `encodr` selects none of the 4 tensors of DIR/init.safetensors and"
                                + " DIR/init.safetensors; did you mean `encoder`?\n");
        place.graft("diff", "DIR/init.safetensors", "DIR/init.safetensors", "--tolerance", "small")
                .is(ExitCode.USAGE, """
                        graft: Invalid value for option '--tolerance': `small` is no number
                        See `graft diff --help`.
                        """);
    }

    @Test
    void longNamesAreCutForPeopleOnly() throws IOException {
        String name = "x".repeat(60) + "." + "y".repeat(60);
        OutputTensor tensor =
                new OutputTensor(name, DType.F32, Shape.of(1), () -> TensorData.of(ByteBuffer.allocate(Float.BYTES)));
        new SafetensorsWriter(folder, "long", SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensor));
        Place place = new Place(folder).with("m43/init.safetensors");
        String[] command = {"diff", "DIR/long.safetensors", "DIR/init.safetensors"};
        String cut = "x".repeat(39) + "..." + "y".repeat(38);
        assertTrue(place.graft(command).out().contains("    " + cut + "  F32 [1]\n"));
        assertTrue(place.graft("diff", command[1], command[2], "-v").out().contains("    " + name + "  F32 [1]\n"));
        assertTrue(place.graft("diff", command[1], command[2], "--json").out().contains("[\"" + name + "\"]"));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        new Place(folder)
                .with("m43/init.safetensors")
                .graft("diff", "DIR/init.safetensors", "DIR/gone.pt")
                .is(ExitCode.CHECKPOINT, "graft: DIR/gone.pt: no such file; its folder holds init.safetensors\n");
    }

    @Test
    void bothFilesAreNeeded() {
        new Place(folder)
                .graft("diff", "DIR/a.pt")
                .is(ExitCode.USAGE, "graft: Missing required parameter: 'B'\nSee `graft diff --help`.\n");
    }

    private static String inside(String fixture) {
        return Place.FOLDER + "/" + Path.of(fixture).getFileName();
    }
}
