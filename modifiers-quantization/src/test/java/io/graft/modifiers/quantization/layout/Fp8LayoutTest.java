package io.graft.modifiers.quantization.layout;

import static io.graft.modifiers.quantization.layout.QuantizedModel.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scales are multiplied in, bit for bit as the reference page has it. */
class Fp8LayoutTest {
    private static final String Q = "model.layers.0.self_attn.q_proj.weight";
    private static final String UP = "model.layers.0.mlp.up_proj.weight";
    private static final String WHOLE = "; take the whole checkpoint, with all its shards";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "fp8-block-128-f32, 'FP8, blocks of [128, 128]'",
        "fp8-block-32-bf16, 'FP8, blocks of [32, 32]'",
        "fp8-block-32-ue8m0, 'FP8, blocks of [32, 32]'",
        "fp8-ct-block-bf16, 'FP8, blocks of [16, 32]'",
        "fp8-ct-channel-bf16, 'FP8, one scale a row'",
        "fp8-ct-naive-channel, 'FP8, one scale a row'",
        "fp8-ct-tensor-static, 'FP8, one scale'",
        "fp8-fbgemm-row, 'FP8, one scale a row'",
        "fp8-modelopt, 'FP8, one scale'",
        "mxfp8-ct, 'MXFP8, blocks of [1, 32]'",
        "mxfp8-hf, 'MXFP8, blocks of [1, 32]'",
        "fp8-comfy-quant, 'FP8 of ComfyUI, one scale'",
        "fp8-scale-weight-old, 'FP8 of ComfyUI, one scale'",
    })
    void everyFixtureIsReadBitForBit(String layout, String scheme) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(QuantizedModel.folder(layout));
        QuantizedModel.assertSame(layout, checkpoint);
        assertEquals(
                scheme,
                checkpoint.tensors().get(UP).encoding().map(Encoding::scheme).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp8-block-32-bf16", "mxfp8-hf", "fp8-scale-weight-old"})
    void scalesMayLieInAnotherShard(String layout) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(QuantizedModel.of(layout).write(folder, 700));
        TensorEntry weight = checkpoint.tensors().get(Q);
        assertEquals(
                2,
                new TreeSet<>(weight.encoding().orElseThrow().stored().stream()
                                .map(part -> part.range().file())
                                .toList())
                        .size());
        QuantizedModel.assertSame(layout, checkpoint);
    }

    /** A model of thousands of weights has few kinds of them, and as many expressions. */
    @Test
    void weightsThatAreAlikeShareTheirValueAndOthersHaveTheirOwn() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(QuantizedModel.of("fp8-block-32-bf16")
                .put("a.weight", DType.F8_E4M3, Shape.of(1, 2), "3840")
                .put("a.weight_scale_inv", DType.F32, Shape.of(1, 1), "00000040")
                .put("b.weight", DType.F8_E4M3, Shape.of(1, 2), "4038")
                .put("b.weight_scale_inv", DType.F32, Shape.of(1, 1), "00000040")
                .put("c.weight", DType.F8_E5M2, Shape.of(1, 2), "3c40")
                .put("c.weight_scale_inv", DType.F32, Shape.of(1, 1), "00000040")
                .put("d.weight", DType.F8_E4M3, Shape.of(1, 2), "3840")
                .put("d.weight_scale", DType.F32, Shape.of(1, 1), "00000040")
                .put("e.weight", DType.F8_E4M3, Shape.of(2, 1), "3840")
                .put("e.weight_scale_inv", DType.F32, Shape.of(1, 1), "00000040")
                .write(folder, SafetensorsWriter.UNLIMITED));
        assertSame(value(checkpoint, "a"), value(checkpoint, "b"));
        for (String other : List.of("c", "d", "e")) {
            assertNotSame(value(checkpoint, "a"), value(checkpoint, other), other);
        }
        assertEquals(
                List.of("00408040", "80400040", "00408040", "00408040", "00408040"),
                Stream.of("a", "b", "c", "d", "e")
                        .map(name -> hex(checkpoint, name))
                        .toList());
        assertEquals(
                List.of("FP8, one scale", "FP8 (E5M2), one scale"),
                Stream.of("a", "c")
                        .map(name -> checkpoint.tensors().get(name + ".weight"))
                        .map(entry -> entry.encoding().orElseThrow().scheme())
                        .toList());
    }

    private static Expression value(Checkpoint checkpoint, String module) {
        return checkpoint
                .tensors()
                .get(module + ".weight")
                .encoding()
                .orElseThrow()
                .set()
                .value()
                .orElseThrow();
    }

    private static String hex(Checkpoint checkpoint, String module) {
        try {
            return QuantizedModel.hex(checkpoint.tensors().get(module + ".weight"));
        } catch (IOException unlikely) {
            throw new AssertionError(unlikely);
        }
    }

    @Test
    void theProductIsRoundedTwice() throws IOException {
        // QC1, QC2 and QC3 of the reference page
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.F8_E4M3, Shape.of(1, 8), "01 08 38 7e b8 81 40 c5")
                .put("a.weight_scale", DType.F32, Shape.SCALAR, "6f12833a")
                .put("b.weight", DType.F8_E4M3, Shape.of(1, 3), "3a 44 b4")
                .put("b.weight_scale", DType.F32, Shape.of(1), "33454a3c")
                .put("c.weight", DType.F8_E4M3, Shape.of(1, 3), "3a 44 b4")
                .put("c.scale_weight", DType.F32, Shape.of(1), "33454a3c")
                .open(folder);
        assertEquals(
                "0336 8337 833a e53e 83ba 03b6 033b 55bb".replace(" ", ""),
                QuantizedModel.hex(checkpoint.tensors().get("a.weight")));
        assertEquals("7d3c183d18bc", QuantizedModel.hex(checkpoint.tensors().get("b.weight")));
        assertEquals("7c3c183d18bc", QuantizedModel.hex(checkpoint.tensors().get("c.weight")));
    }

    @Test
    void edgeBlocksAreThoseOfTheConfiguredSize() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.F8_E4M3, Shape.of(3, 3), "38 40 44 48 4c 50 54 58 5c")
                .put("a.weight_scale_inv", DType.F32, Shape.of(2, 2), "0000803f 00000040 00008040 00000041")
                .config("{\"dtype\": \"float32\", \"quantization_config\": {\"quant_method\": \"fp8\","
                        + " \"weight_block_size\": [2, 2]}}")
                .open(folder);
        // 1 2 6, 4 6 16, 48 64 192
        assertEquals(
                "0000803f000000400000c040000080400000c04000008041000040420000804200004043",
                QuantizedModel.hex(checkpoint.tensors().get("a.weight")));
    }

    @Test
    void expertsHaveAMatrixOfScalesEach() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("experts.up", DType.F8_E4M3, Shape.of(2, 2, 2), "38 38 38 38 38 38 38 38")
                .put("experts.up_scale_inv", DType.BF16, Shape.of(2, 1, 2), "803f 0040 8040 0041")
                .config("{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [2, 1]}}")
                .open(folder);
        assertEquals(
                "803f0040803f00408040004180400041",
                QuantizedModel.hex(checkpoint.tensors().get("experts.up")));
    }

    @Test
    void plainFloatsAreNumbersAsLongAsNothingHasScales() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.F8_E4M3, Shape.of(2), "38 40")
                .open(folder);
        assertEquals(DType.F8_E4M3, checkpoint.tensors().get("a.weight").dtype());
        assertEquals(List.of(), checkpoint.warnings());
    }

    @Test
    void aPaddedGridIsCut() throws IOException {
        QuantizedModel model = QuantizedModel.empty()
                .put("a.weight", DType.F8_E4M3, Shape.of(1, 2), "38 38")
                .put("a.weight_scale_inv", DType.BF16, Shape.of(2, 2), "0040 803f 803f 803f")
                .config("{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [2, 2]}}");
        assertEquals("00400040", QuantizedModel.hex(model.open(folder).tensors().get("a.weight")));
    }

    @Test
    void markersAreNoTensors() {
        assertEquals(
                List.of(
                        "lm_head.weight",
                        "model.embed_tokens.weight",
                        "model.layers.0.mlp.up_proj.weight",
                        "model.layers.0.self_attn.o_proj.weight",
                        Q,
                        "model.norm.weight"),
                QuantizedModel.names(Checkpoint.open(QuantizedModel.folder("fp8-scale-weight-old"))));
    }

    @Test
    void codesWithoutTheirScaleAreRefused() throws IOException {
        assertRefused(
                "has FP8 codes and no scale, and 2 other weights have one" + WHOLE,
                QuantizedModel.of("fp8-block-128-f32").drop(Q + "_scale_inv").open(folder),
                Q);
    }

    @Test
    void aScaleWithoutItsCodesIsRefused() throws IOException {
        assertRefused(
                "belongs to `" + Q + "`, which is not there" + WHOLE,
                QuantizedModel.of("fp8-block-128-f32").drop(Q).open(folder),
                Q + "_scale_inv");
    }

    @Test
    void aConfiguredBlockThatContradictsTheGridIsRefused() throws IOException {
        assertRefused(
                "has 2 x 2 scales, and the configured block of [64, 64] asks for 3 x 3 over 136 x 144 codes;"
                        + " let weight_block_size in config.json say the block that the model was quantized with",
                QuantizedModel.of("fp8-block-128-f32").config("128", "64").open(folder),
                UP);
    }

    @Test
    void aGridThatDeterminesNoBlockIsRefused() throws IOException {
        Checkpoint checkpoint = QuantizedModel.of("fp8-block-128-f32")
                .config("\"weight_block_size\"", "\"x\"")
                .open(folder);
        assertRefused(
                "is of 136 x 144 codes, and 2 x 2 scales do not determine the block;"
                        + " let weight_block_size in config.json say the block that the model was quantized with",
                checkpoint,
                UP);
    }

    @Test
    void theNameOfTheScaleDoesNotMatter() throws IOException {
        QuantizedModel.assertSame(
                "fp8-block-32-bf16",
                QuantizedModel.of("fp8-block-32-bf16")
                        .rename(Q + "_scale_inv", Q + "_scale")
                        .open(folder));
    }

    @Test
    void aRowOfScalesIsNoColumn() throws IOException {
        assertRefused(
                "has scales of the shape [1, 32], which may be one a row or one for some columns;"
                        + " quantize the model again, or take another copy of the file",
                QuantizedModel.of("fp8-ct-channel-bf16")
                        .reshape(Q + "_scale", 1, 32)
                        .open(folder),
                Q);
    }

    @Test
    void aCodeForNoNumberIsAnErrorWithItsPlace() throws IOException {
        Checkpoint checkpoint =
                QuantizedModel.of("fp8-block-32-bf16").fill(Q, 67, 0x7f).open(folder);
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> checkpoint.tensors().get(Q).data().window(0, 1 << 11));
        assertEquals(
                checkpoint.path() + ": `" + Q + "` holds NaN at [1, 3], which no weight is computed from;"
                        + " quantize the model again, or take another copy of the file",
                refused.getMessage());
    }

    @Test
    void aScaleThatIsNoNumberIsAnError() throws IOException {
        Checkpoint floats = QuantizedModel.of("fp8-block-32-ue8m0")
                .fill("model.layers.0.self_attn.q_proj.scale", 0, 255)
                .open(folder.resolve("floats"));
        assertEquals(
                floats.path()
                        + ": `model.layers.0.self_attn.q_proj.scale` holds NaN at [0, 0], which no weight is computed"
                        + " from; quantize the model again, or take another copy of the file",
                assertThrows(
                                CheckpointException.class,
                                () -> floats.tensors().get(Q).data().window(0, 1))
                        .getMessage());
        Checkpoint bytes =
                QuantizedModel.of("mxfp8-hf").fill(Q + "_scale_inv", 0, 255).open(folder.resolve("bytes"));
        assertEquals(
                bytes.path() + ": `" + Q + "_scale_inv` holds the code 255 at [0, 0], which stands for no number;"
                        + " quantize the model again, or take another copy of the file",
                assertThrows(
                                CheckpointException.class,
                                () -> bytes.tensors().get(Q).data().window(0, 1))
                        .getMessage());
    }

    @Test
    void whatBelongsToActivationsIsSaidAndStaysWithTheSet() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(QuantizedModel.folder("fp8-ct-tensor-static"));
        assertEquals(List.of("scales of activations have no part in the weights: input_scale"), checkpoint.warnings());
        assertEquals(
                List.of("weight", "weight_scale", "input_scale"),
                List.copyOf(checkpoint
                        .tensors()
                        .get(Q)
                        .encoding()
                        .orElseThrow()
                        .parts()
                        .keySet()));
    }

    @Test
    void aConfigurationThatIsSilentOrSaysOtherwiseIsTold() throws IOException {
        assertEquals(
                List.of(
                        "config.json has no quantization_config; by their names and dtypes, 3 weights are FP8 codes with"
                                + " scales"),
                QuantizedModel.of("fp8-ct-channel-bf16")
                        .config("{\"dtype\": \"bfloat16\"}")
                        .open(folder.resolve("silent"))
                        .warnings());
        assertEquals(
                List.of(
                        "config.json says that `model.layers.0.self_attn.q_proj` is not quantized, and codes with scales are"
                                + " there: they count"),
                QuantizedModel.of("fp8-block-32-bf16")
                        .config("\"lm_head\"", "\"model.layers.0.self_attn.q_proj\"")
                        .open(folder.resolve("otherwise"))
                        .warnings());
    }
}
