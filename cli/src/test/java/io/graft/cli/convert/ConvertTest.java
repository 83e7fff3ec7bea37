package io.graft.cli.convert;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "m43/full7-lightning.ckpt, out.safetensors",
        "m43/full7-lightning.ckpt, out.pt",
        "torch/corners-legacy.pt, out.safetensors",
        "torch/corners-legacy.pt, out.bin",
        "bert/hf-sharded, out.pth",
        "bert/hf-sharded, out",
        "torch/sharded, out.safetensors",
        "torch/sharded, out",
        "epd/scripted.pt, out.safetensors",
        "epd/traced.pt, new/folder/out.ckpt"
    })
    void everyFormatIsReadAndWritten(String input, String output) {
        Place place = new Place(folder).with(input);
        String in = "DIR/" + Path.of(input).getFileName();
        place.graft("convert", in, "DIR/" + output).is(ExitCode.DONE);
        place.graft("diff", in, "DIR/" + output).is(ExitCode.DONE);
        assertEquals(List.of(), hidden(place));
    }

    @Test
    void whatWasDoneIsSaid() throws IOException {
        Place place = new Place(folder).with("m43/full7-lightning.ckpt");
        assertGolden(
                "ConvertTest/renamed.txt",
                place.graft(
                                "convert",
                                "DIR/full7-lightning.ckpt",
                                "DIR/out.safetensors",
                                "--strip-prefix",
                                "model.model",
                                "--rename",
                                "encoder=embedding.0",
                                "--rename",
                                "re:decoder\\.(.*)=head.$1",
                                "--add-prefix",
                                "net",
                                "--dtype",
                                "bf16")
                        .is(ExitCode.DONE)
                        .out());
        Checkpoint written = Checkpoint.open(place.path("out.safetensors"));
        assertEquals(
                List.of("net.embedding.0.bias", "net.embedding.0.weight", "net.head.bias", "net.head.weight"),
                List.copyOf(written.tensors().keySet()));
        assertTrue(written.tensors().values().stream().allMatch(tensor -> tensor.dtype() == DType.BF16));
        assertEquals("3", written.metadata().get("epoch"));
    }

    @Test
    void programsGetADocument() throws IOException {
        Place place = new Place(folder).with("m43/full7-lightning.ckpt");
        assertGolden(
                "ConvertTest/renamed.json",
                place.graft(
                                "convert",
                                "DIR/full7-lightning.ckpt",
                                "DIR/out.pt",
                                "--strip-prefix",
                                "model.model",
                                "--dtype",
                                "F16",
                                "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void onlyFloatingPointNumbersGetAnotherDtype() throws IOException {
        Place place = new Place(folder).with("epd/model.safetensors");
        assertGolden(
                "ConvertTest/dtype.txt",
                place.graft("convert", "DIR/model.safetensors", "DIR/half.pt", "--dtype", "F16")
                        .is(ExitCode.DONE)
                        .out());
        assertEquals(
                DType.I64,
                Checkpoint.open(place.path("half.pt"))
                        .tensors()
                        .get("norm.num_batches_tracked")
                        .dtype());
    }

    @Test
    void matricesArePackedIntoBlocks() throws IOException {
        Place place = new Place(folder).with("bert/hf");
        String[] packed = {"convert", "DIR/hf", "DIR/out.gguf", "--dtype", "q8_0", "--overwrite"};
        assertGolden(
                "ConvertTest/packed.txt", place.graft(packed).is(ExitCode.DONE).out());
        assertGolden(
                "ConvertTest/packed.json",
                place.graft(with(packed, "--json", "--keys", "**.layer.0.output"))
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void tiedTensorsAreCopiedForEachNameAndThatIsSaid() {
        Place place = new Place(folder).with("torch/corners.pt");
        String out = place.graft("convert", "DIR/corners.pt", "DIR/out.safetensors")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                out.contains("! 1 tensor has several names in the input; the output holds a copy for each name\n"),
                out);
        String kept = place.graft("convert", "DIR/corners.pt", "DIR/out.bin")
                .is(ExitCode.DONE)
                .out();
        assertFalse(kept.contains("several names"), kept);
        assertEquals(
                Checkpoint.open(place.path("corners.pt")).ties(),
                Checkpoint.open(place.path("out.bin")).ties());
    }

    @Test
    void aFolderGetsShardsAndLosesTheOldOnes() throws IOException {
        Place place = new Place(folder).with("bert/hf").file("out/notes.txt", "mine");
        place.graft("convert", "DIR/hf", "DIR/out", "--max-shard-size", "10kB", "--overwrite")
                .is(ExitCode.DONE);
        assertTrue(Files.exists(place.path("out/model.safetensors.index.json")));
        place.graft("diff", "DIR/hf", "DIR/out").is(ExitCode.DONE);
        place.graft("convert", "DIR/hf", "DIR/out", "--overwrite").is(ExitCode.DONE);
        try (Stream<Path> files = Files.list(place.path("out"))) {
            assertEquals(
                    List.of("graft-manifest.json", "model.safetensors", "notes.txt"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        Place place = new Place(folder).with("torch/corners.pt");
        place.graft("convert", "DIR/corners.pt", "DIR/a.pt").is(ExitCode.DONE);
        place.graft("convert", "DIR/corners.pt", "DIR/b.bin").is(ExitCode.DONE);
        assertEquals(-1, Files.mismatch(place.path("a.pt"), place.path("b.bin")));
    }

    @Test
    void theFormatCanBeGiven() {
        Place place = new Place(folder).with("m43/init.pt");
        place.graft("convert", "DIR/init.pt", "DIR/weights.v2", "--format", "safetensors")
                .is(ExitCode.DONE);
        assertEquals("safetensors", Checkpoint.open(place.path("weights.v2")).format());
        place.graft("convert", "DIR/init.pt", "DIR/folder", "--format", "pytorch")
                .is(ExitCode.DONE);
        assertTrue(Files.exists(place.path("folder/pytorch_model.bin")));
    }

    @Test
    void anExistingOutputIsReplacedOnRequestOnly() throws IOException {
        Place place = new Place(folder).with("m43/init.pt").file("out.pt", "precious");
        assertRefused(
                place,
                ExitCode.USAGE,
                "the output `DIR/out.pt` exists; choose another path, or replace the file with `overwrite`",
                "DIR/init.pt",
                "DIR/out.pt");
        place.graft("convert", "DIR/init.pt", "DIR/out.pt", "--overwrite").is(ExitCode.DONE);
        assertEquals(4, Checkpoint.open(place.path("out.pt")).tensors().size());
    }

    @Test
    void theInputIsNeverReplaced() {
        Place place = new Place(folder).with("m43/init.pt", "bert/hf-sharded");
        assertRefused(
                place,
                ExitCode.USAGE,
                "the output would replace `DIR/init.pt`, which this run reads; choose another path",
                "DIR/init.pt",
                "DIR/init.pt",
                "--overwrite");
        place.graft("convert", "DIR/hf-sharded", "DIR/own", "--max-shard-size", "10kB")
                .is(ExitCode.DONE);
        Outcome outcome = place.graft("convert", "DIR/own", "DIR/own", "--overwrite");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertTrue(outcome.err().startsWith("graft: the output would remove `DIR/own/model-00001-of-"), outcome.err());
    }

    @Test
    void aFolderThatGraftDidNotWriteIsNotOverwritten() throws IOException {
        Place place = new Place(folder).with("m43/init.pt", "bert/hf-sharded");
        assertRefused(
                place,
                ExitCode.USAGE,
                "`DIR/hf-sharded/model.safetensors.index.json` is in the way, and no manifest beside it says that Graft"
                        + " wrote it as it is now; move it away, or choose another path",
                "DIR/init.pt",
                "DIR/hf-sharded",
                "--max-shard-size",
                "20B",
                "--overwrite");
    }

    @Test
    void whatGaveWayIsTold() throws IOException {
        Place place = new Place(folder).with("m43/init.pt");
        place.graft("convert", "DIR/init.pt", "DIR/out", "--max-shard-size", "30B")
                .is(ExitCode.DONE);
        Outcome outcome = place.graft("convert", "DIR/init.pt", "DIR/out", "--overwrite");
        assertTrue(outcome.out().endsWith("""
                replaced DIR/out/graft-manifest.json
                removed DIR/out/model-00001-of-00004.safetensors
                removed DIR/out/model-00002-of-00004.safetensors
                removed DIR/out/model-00003-of-00004.safetensors
                removed DIR/out/model-00004-of-00004.safetensors
                removed DIR/out/model.safetensors.index.json
                """), outcome.out());
        Outcome json = place.graft("convert", "DIR/init.pt", "DIR/out", "--overwrite", "--json");
        assertTrue(
                json.out().contains("\"replaced\":[\"DIR/out/graft-manifest.json\",\"DIR/out/model.safetensors\"]"),
                json.out());
    }

    @Test
    void rulesThatFitNothingAreErrors() {
        Place place = new Place(folder).with("m43/init.pt");
        assertRefused(
                place,
                ExitCode.MISFIT,
                "rule #1, `encodr` to `x`, matches 0 keys of the checkpoint; did you mean `encoder`?",
                "DIR/init.pt",
                "DIR/out.pt",
                "--rename",
                "encodr=x");
        assertRefused(
                place,
                ExitCode.MISFIT,
                "rule #2, `encoder.weight` to `y`, matches 0 keys of the checkpoint that no earlier rule takes;"
                        + " put it before the rules that are less special",
                "DIR/init.pt",
                "DIR/out.pt",
                "--rename",
                "encoder=x",
                "--rename",
                "encoder.weight=y");
        assertRefused(
                place,
                ExitCode.MISFIT,
                "no key of the checkpoint starts with `enc.`; the checkpoint has `encoder.weight`, `encoder.bias`,"
                        + " `decoder.weight`, `decoder.bias`",
                "DIR/init.pt",
                "DIR/out.pt",
                "--strip-prefix",
                "enc");
        assertRefused(
                place,
                ExitCode.MISFIT,
                "`encoder.weight` and `decoder.weight` would both be called `x.weight`; give one of them another name",
                "DIR/init.pt",
                "DIR/out.pt",
                "--rename",
                "*=x");
    }

    /** Section 4 of the field reports: one encoder out of a file with two and a queue. */
    @Test
    void convertOfOneEncoderOutOfAFileWithTwoAndAQueue() throws IOException {
        Place place = new Place(folder).with("epd/model.safetensors");
        assertGolden(
                "ConvertTest/chosen.txt",
                place.graft(
                                "convert",
                                "DIR/model.safetensors",
                                "DIR/out.safetensors",
                                "--keys",
                                "encoder",
                                "--keys",
                                "norm",
                                "--exclude",
                                "**.num_batches_tracked")
                        .is(ExitCode.DONE)
                        .out());
        Checkpoint before = Checkpoint.open(place.path("model.safetensors"));
        assertEquals(
                before.tensors().keySet().stream()
                        .filter(name -> name.startsWith("encoder.") || name.startsWith("norm."))
                        .filter(name -> !name.endsWith("num_batches_tracked"))
                        .toList(),
                List.copyOf(
                        Checkpoint.open(place.path("out.safetensors")).tensors().keySet()));
    }

    @Test
    void aSelectorWithoutAMatchIsAnErrorWithTheNearestNames() {
        Place place = new Place(folder).with("m43/init.pt");
        String[] files = {"DIR/init.pt", "DIR/out.pt"};
        assertRefused(
                place,
                ExitCode.MISFIT,
                "--keys: `encodr` matches nothing in the checkpoint; did you mean `encoder`?",
                with(files, "--keys", "encodr"));
        assertRefused(
                place,
                ExitCode.MISFIT,
                "--exclude: `zzz.*` matches nothing in the checkpoint; the checkpoint has `encoder.weight`,"
                        + " `encoder.bias`, `decoder.weight`, `decoder.bias`",
                with(files, "--exclude", "zzz.*"));
        assertRefused(
                place,
                ExitCode.MISFIT,
                "nothing is left: --exclude selects all that --keys does",
                with(files, "--keys", "encoder", "--exclude", "encoder.*"));
    }

    @Test
    void codesAndScalesAreChosenTogether() throws IOException {
        Place place = new Place(folder).with("quantized/fp8-block-32-bf16");
        Path in = place.path("fp8-block-32-bf16");
        String weight = Checkpoint.open(in).tensors().values().stream()
                .filter(tensor -> tensor.encoding().isPresent())
                .findFirst()
                .orElseThrow()
                .name();
        place.graft("convert", "DIR/fp8-block-32-bf16", "DIR/out.safetensors", "--keys", weight)
                .is(ExitCode.DONE);
        Checkpoint out = Checkpoint.open(place.path("out.safetensors"));
        assertEquals(
                List.of(weight, weight + "_scale_inv"),
                out.stored().keySet().stream().sorted().toList());
    }

    @Test
    void structureIsChangedByRulesAndBack() throws IOException {
        Place place = new Place(folder).with("m43/init.pt");
        String[] there = {
            "convert",
            "DIR/init.pt",
            "DIR/out",
            "--rename",
            "encoder=enc",
            "--rename",
            "{ type = transpose, tensors = enc.weight }",
            "--rename",
            "{ type = concatenate, from = [enc.bias, decoder.bias], to = bias, sizes = [3, 2] }"
        };
        assertGolden(
                "ConvertTest/structure.txt",
                place.graft(there).is(ExitCode.DONE).out());
        assertGolden(
                "ConvertTest/structure.json",
                place.graft(with(there, "--json", "--overwrite"))
                        .is(ExitCode.DONE)
                        .out());
        String manifest = Files.readString(place.path("out/graft-manifest.json"));
        assertTrue(
                manifest.contains(
                        "{\"name\":\"enc.weight\",\"source\":{\"operation\":\"transposed\",\"from\":[{\"key\":\"encoder.weight\","),
                manifest);
        place.graft(
                        "convert",
                        "DIR/out",
                        "DIR/back.pt",
                        "--rename",
                        "{ type = split, from = bias, to = [enc.bias, decoder.bias], sizes = [3, 2] }",
                        "--rename",
                        "{ type = transpose, tensors = enc.weight }",
                        "--rename",
                        "enc=encoder")
                .is(ExitCode.DONE);
        place.graft("diff", "DIR/init.pt", "DIR/back.pt").is(ExitCode.DONE);
    }

    @Test
    void aTableOfNamesIsGivenByItsName() throws IOException {
        Path disk = Path.of("../core/src/test/resources/io/graft/model/rules/gpt-2/disk.safetensors");
        Place place = new Place(folder);
        Files.copy(disk, place.path("disk.safetensors"));
        assertGolden(
                "ConvertTest/table.txt",
                place.graft("convert", "DIR/disk.safetensors", "DIR/running.safetensors", "--rename", "gpt-2")
                        .is(ExitCode.DONE)
                        .out());
        place.graft("diff", disk.resolveSibling("running.safetensors").toString(), "DIR/running.safetensors")
                .is(ExitCode.DONE);
        place.graft(
                        "convert",
                        "DIR/running.safetensors",
                        "DIR/back.safetensors",
                        "--rename",
                        "{ table = gpt-2, inverse = true }")
                .is(ExitCode.DONE);
        assertEquals(
                Checkpoint.open(disk).tensors().keySet().stream()
                        .filter(name -> !name.equals("h.0.attn.bias"))
                        .toList(),
                Checkpoint.open(place.path("back.safetensors")).tensors().keySet().stream()
                        .toList());
    }

    /** Codes and scales do not follow their weight into another structure. */
    @Test
    void numbersOfATableComeFromTheConfiguration() throws IOException {
        Path disk = Path.of("../core/src/test/resources/io/graft/model/rules/llama-fused/disk.safetensors");
        Files.copy(disk, folder.resolve("model.safetensors"));
        Place place =
                new Place(folder).file("config.json", "{ \"num_attention_heads\": 2, \"num_key_value_heads\": 1 }");
        String out = place.graft("convert", "DIR/model.safetensors", "DIR/fused.safetensors", "--rename", "llama-fused")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                out.contains(
                        "rule #1, table `llama-fused` with `heads` 2 and `key-value-heads` 1 of config.json, changed "),
                out);
    }

    @Test
    void whatIsStoredAsCodesIsMovedAsNumbersOnly() {
        Place place = new Place(folder).with("quantized/fp8-block-32-bf16");
        String weight = Checkpoint.open(place.path("fp8-block-32-bf16")).tensors().values().stream()
                .filter(tensor -> tensor.encoding().isPresent())
                .findFirst()
                .orElseThrow()
                .name();
        String rule = "{ type = transpose, tensors = " + weight + " }";
        assertRefused(
                place,
                ExitCode.CHECKPOINT,
                "`" + weight + "` is stored as FP8, blocks of [32, 32], and a rule moves its elements, which its"
                        + " codes and scales do not follow; give --dtype, so that it is written as plain numbers",
                "DIR/fp8-block-32-bf16",
                "DIR/out.safetensors",
                "--rename",
                rule);
        place.graft("convert", "DIR/fp8-block-32-bf16", "DIR/out.safetensors", "--rename", rule, "--dtype", "BF16")
                .is(ExitCode.DONE);
    }

    @Test
    void optionsThatAreNoneAreErrors() {
        Place place = new Place(folder).with("m43/init.pt");
        String[] files = {"DIR/init.pt", "DIR/out.pt"};
        assertRefused(
                place,
                ExitCode.USAGE,
                "--dtype: `float` is no dtype; give F16, BF16, F32 or F64, or in a GGUF file Q8_0, Q4_0, Q4_1, Q5_0,"
                        + " Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL or IQ4_XS",
                with(files, "--dtype", "float"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--dtype: values cannot be converted to I8; give F16, BF16, F32 or F64, or in a GGUF file Q8_0, Q4_0, Q4_1, Q5_0,"
                        + " Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL or IQ4_XS",
                with(files, "--dtype", "I8"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "Q4_0 is a type of blocks that only a GGUF file holds, and `DIR/out.pt` is to be a file of pytorch; call"
                        + " the file .gguf, give --format gguf, or convert to another dtype, such as BF16",
                with(files, "--dtype", "q4_0"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--rename: no table of names is called `gpt2`; did you mean `gpt-2`? the tables are bert, gemma-3, gpt-2,"
                        + " gpt-2-linear, llama-fused, llama-meta, mixtral, qwen-moe, qwen2.5-vl, vit; or give FROM=TO",
                with(files, "--rename", "gpt2"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--rename: expected one of: rename, split, concatenate, stack, unstack, transpose, permute, reorder; closest"
                        + " is `transpose`",
                with(files, "--rename", "{ type = transpos, tensors = a }"));
        assertRefused(place, ExitCode.USAGE, "--keys: `a..b` has an empty segment", with(files, "--keys", "a..b"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--rename: `$2` refers to $2, and the number of groups in `enc*` is 1",
                with(files, "--rename", "enc*=$2"));
        assertRefused(
                place, ExitCode.USAGE, "--strip-prefix: `.a` is no dotted name", with(files, "--strip-prefix", ".a"));
        assertRefused(
                place, ExitCode.USAGE, "--add-prefix: `a..b` is no dotted name", with(files, "--add-prefix", "a..b"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--max-shard-size: expected a size, found the text `big`; write a number and a unit, such as `5MB`",
                with(files, "--max-shard-size", "big"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--max-shard-size: `k` is no unit of a size; the units are B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; write"
                        + " `kB` (powers of 1000) or `KiB` (powers of 1024)",
                with(files, "--max-shard-size", "20k"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "--max-shard-size: `0B` is too small; give 1B or more",
                with(files, "--max-shard-size", "0B"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "shards are written into a folder, in a format that can be divided, and `DIR/out.pt` is to be a file;"
                        + " name a folder and such a format, or leave the size of shards out",
                with(files, "--max-shard-size", "5GB"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "shards are written into a folder, in a format that can be divided, and `DIR/out` is to be a folder with"
                        + " one pytorch file; name a folder and such a format, or leave the size of shards out",
                "DIR/init.pt",
                "DIR/out",
                "--max-shard-size",
                "5GB",
                "--format",
                "pytorch");
        assertRefused(
                place,
                ExitCode.USAGE,
                "--format: no output format has id `pytorhc`; did you mean `pytorch`?"
                        + " found: gguf (BUILTIN), pytorch (BUILTIN), safetensors (BUILTIN)",
                with(files, "--format", "pytorhc"));
        assertRefused(
                place,
                ExitCode.USAGE,
                "the name `out.xyz` does not tell the format to write;"
                        + " call the file .gguf, .pt, .pth, .bin, .ckpt or .safetensors, or give --format",
                "DIR/init.pt",
                "DIR/out.xyz");
    }

    /** A damaged storage is found while the output is being written. */
    @ParameterizedTest
    @ValueSource(strings = {"out.pt", "out.safetensors", "out", "new/out.pt"})
    void aFailureLeavesNothing(String output) throws IOException {
        Place place = new Place(folder).with("m43/init.pt");
        byte[] damaged = Files.readAllBytes(place.path("init.pt"));
        int data = (int) Checkpoint.open(place.path("init.pt"))
                .tensors()
                .get("decoder.bias")
                .range()
                .offset();
        damaged[data] ^= 1;
        Files.write(place.path("init.pt"), damaged);
        Map<String, String> before = place.files();
        Outcome outcome = place.graft("convert", "DIR/init.pt", "DIR/" + output);
        assertEquals(ExitCode.CHECKPOINT, outcome.code());
        assertTrue(outcome.err().startsWith("graft: DIR/init.pt: 'init/data/3' is damaged"), outcome.err());
        assertEquals(before, place.files());
    }

    @Test
    void aDtypeThatTheFormatLacksIsTold() {
        Place place = new Place(folder).with("torch/complex128.pt");
        Outcome outcome = place.graft("convert", "DIR/complex128.pt", "DIR/out.safetensors");
        assertEquals(ExitCode.CHECKPOINT, outcome.code());
        assertEquals(
                "graft: DIR: tensor 'z' has dtype C128, which safetensors files cannot hold; convert or remove the tensor\n",
                outcome.err());
        assertFalse(Files.exists(place.path("out.safetensors")));
    }

    private static String[] with(String[] files, String... options) {
        return Stream.of(files, options).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static void assertRefused(Place place, int code, String message, String... arguments) {
        Map<String, String> before = place.files();
        place.graft(with(new String[] {"convert"}, arguments)).is(code, "graft: " + message + "\n");
        assertEquals(before, place.files());
    }

    private static List<String> hidden(Place place) {
        return place.files().keySet().stream()
                .filter(name -> name.contains(".graft-"))
                .toList();
    }
}
