package io.graft.modifiers.quantization.layout;

import static io.graft.modifiers.quantization.layout.QuantizedModel.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ComfyUI's descriptions are taken at their word where the stored tensors bear them out. */
class ComfyLayoutTest {
    private static final String SOURCE = "; give the checkpoint that it was made from";
    private static final String AGAIN = "; quantize the model again, or take another copy of the file";
    private static final String WHOLE = "; take the whole checkpoint, with all its shards";
    private static final String WEIGHT = "blocks.0.mlp.weight";
    private static final String SCALE = "blocks.0.mlp.weight_scale";

    @TempDir
    Path folder;

    @Test
    void codesAreDescribedInTheMetadataToo() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.U8, Shape.of(1, 3), "3a 44 b4")
                .put("a.weight_scale", DType.F32, Shape.SCALAR, "33454a3c")
                .put("b.weight", DType.I8, Shape.of(1, 3), "3a 44 b4")
                .put("b.weight_scale", DType.F32, Shape.SCALAR, "33454a3c")
                .metadata(
                        "_quantization_metadata",
                        "{\"layers\": {\"a\": {\"format\": \"float8_e4m3fn\"}, \"b\": {\"format\": \"int4_new\"}}}")
                .open(folder);
        assertEquals("7c3c183d18bc", QuantizedModel.hex(checkpoint.tensors().get("a.weight")));
        assertRefused("is stored as int4_new of ComfyUI, which Graft does not read" + SOURCE, checkpoint, "b.weight");
    }

    @Test
    void integersHaveOneScaleOrOneARow() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.I8, Shape.of(2, 2), "01 ff 02 80")
                .put("a.weight_scale", DType.F32, Shape.of(1), "0000003f")
                .text("a.comfy_quant", "{\"format\": \"int8_tensorwise\"}")
                .open(folder);
        // 0.5, -0.5, 1, -64
        assertEquals("003f00bf803f80c2", QuantizedModel.hex(checkpoint.tensors().get("a.weight")));
        assertEquals(
                "int8 of ComfyUI, one scale",
                checkpoint.tensors().get("a.weight").encoding().orElseThrow().scheme());
    }

    @Test
    void whatContradictsItselfIsRefused() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.weight", DType.F8_E5M2, Shape.of(1, 3), "3a 44 b4")
                .put("a.weight_scale", DType.F32, Shape.SCALAR, "33454a3c")
                .put("b.weight", DType.F8_E4M3, Shape.of(1, 2), "3a 44")
                .put("b.scale_weight", DType.F32, Shape.of(2), "33454a3c33454a3c")
                .put("c.weight", DType.F8_E4M3, Shape.of(1, 2), "3a 44")
                .put("c.comfy_quant", DType.U8, Shape.of(2), "7b7d")
                .put("d.weight", DType.F8_E4M3, Shape.of(1, 2), "3a 44")
                .metadata(
                        "_quantization_metadata",
                        "{\"layers\": {\"a\": {\"format\": \"float8_e4m3fn\"}, \"d\": {\"format\": \"float8_e4m3fn\"}}}")
                .open(folder);
        assertRefused("is described as F8_E4M3, and is F8_E5M2" + AGAIN, checkpoint, "a.weight");
        assertRefused("needs one scale, and `b.scale_weight` is F32 [2]" + AGAIN, checkpoint, "b.weight");
        assertRefused("has a description that tells no format" + SOURCE, checkpoint, "c.weight");
        assertRefused(
                "is FP8 of ComfyUI, one scale, and `d.weight_scale` is not there" + WHOLE, checkpoint, "d.weight");
    }

    @Test
    void whatIsNotReadIsNamed() throws IOException {
        assertRefused(
                "is int8 of ComfyUI that was rotated (convrot), which Graft does not read" + SOURCE,
                QuantizedModel.of("comfy-int8")
                        .text("blocks.0.mlp.comfy_quant", "{\"format\": \"int8_tensorwise\", \"convrot\": true}")
                        .open(folder.resolve("rotated")),
                WEIGHT);
        assertRefused(
                "has a pre_quant_scale for what goes in, with which Graft does not read it" + SOURCE,
                QuantizedModel.of("comfy-nvfp4")
                        .put("blocks.0.mlp.pre_quant_scale", DType.F32, Shape.of(1), "0000803f")
                        .open(folder.resolve("smoothed")),
                WEIGHT);
        assertRefused(
                "has 144 rows and a bias of 140: it was filled up, and its columns may have been" + SOURCE,
                QuantizedModel.of("comfy-nvfp4")
                        .put("blocks.0.mlp.bias", DType.F16, Shape.of(140), new byte[280])
                        .open(folder.resolve("filled")),
                WEIGHT);
    }

    @Test
    void partsThatDoNotFitAreRefused() throws IOException {
        assertRefused(
                "is NVFP4 of ComfyUI, groups of 16 of [144, 96], and `" + SCALE
                        + "` is F8_E4M3 [2048] where [256, 8] is wanted" + AGAIN,
                QuantizedModel.of("comfy-nvfp4").reshape(SCALE, 2048).open(folder.resolve("flat")),
                WEIGHT);
        assertRefused(
                "has scales that are U8, and NVFP4 has F8_E4M3" + AGAIN,
                QuantizedModel.of("comfy-nvfp4")
                        .put(SCALE, DType.U8, Shape.of(256, 8), new byte[2048])
                        .open(folder.resolve("bytes")),
                WEIGHT);
        assertRefused(
                "has 60 columns, which groups of 32 do not divide" + AGAIN,
                QuantizedModel.of("comfy-mxfp8").reshape(WEIGHT, 256, 60).open(folder.resolve("columns")),
                WEIGHT);
        assertRefused(
                "is MXFP8 of ComfyUI, groups of 32 of the shape [15360], which is no matrix" + AGAIN,
                QuantizedModel.of("comfy-mxfp8").reshape(WEIGHT, 15360).open(folder.resolve("vector")),
                WEIGHT);
        assertRefused(
                "is int8 of ComfyUI of [24, 40], and `" + SCALE + "` is F32 [24] where [24, 1] is wanted" + AGAIN,
                QuantizedModel.of("comfy-int8").reshape(SCALE, 24).open(folder.resolve("scales")),
                WEIGHT);
    }
}
