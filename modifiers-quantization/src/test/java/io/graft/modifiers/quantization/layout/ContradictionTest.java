package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets that are incomplete or contradict themselves or their configuration, edit by edit of a good one. */
class ContradictionTest {
    private static final String M = "model.layers.0.self_attn.q_proj";
    private static final String Q = M + ".weight";
    private static final String WHOLE = "; take the whole checkpoint, with all its shards";
    private static final String AGAIN = "; quantize the model again, or take another copy of the file";
    private static final String SOURCE = "; give the checkpoint that it was made from";
    private static final String CONFIG = "; take the configuration that belongs to the weights";

    @TempDir
    Path folder;

    private int models;

    private void assertRefused(String message, QuantizedModel model) throws IOException {
        assertRefused(message, model, Q);
    }

    private void assertRefused(String message, QuantizedModel model, String name) throws IOException {
        QuantizedModel.assertRefused(message, model.open(folder.resolve(String.valueOf(models++))), name);
    }

    @Test
    void bitsandbytes() throws IOException {
        assertRefused(
                "has codes as `" + Q + ".absmax`, and not all of nested_absmax, nested_quant_map and their description"
                        + WHOLE,
                QuantizedModel.of("bnb-nf4-dq").drop(Q + ".nested_absmax"));
        assertRefused(
                "is bitsandbytes nf4, and `" + Q + ".absmax` is not there" + WHOLE,
                QuantizedModel.of("bnb-nf4").drop(Q + ".absmax"));
        String state = Q + ".quant_state.bitsandbytes__";
        assertRefused(
                "is fp4 by the name of its description, which says `nf4`" + AGAIN,
                QuantizedModel.of("bnb-nf4").rename(state + "nf4", state + "fp4"));
        assertRefused(
                "is bitsandbytes 4-bit, and `" + state + "nf4` is not there" + WHOLE,
                QuantizedModel.of("bnb-nf4").drop(state + "nf4"));
        assertRefused(
                "has a quant_map that is not that of nf4" + SOURCE,
                QuantizedModel.of("bnb-nf4").fill(Q + ".quant_map", 3, 0));
        assertRefused(
                "is bitsandbytes int8 with a weight_format of 2, an order of GPU tiles and not of rows" + SOURCE,
                QuantizedModel.of("bnb-int8").fill(M + ".weight_format", 0, 2));
        String json = "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"bfloat16\", \"shape\": [16, 66]}";
        assertRefused(
                "has 512 bytes of codes, and a description of [16, 66] that takes 528" + AGAIN,
                QuantizedModel.of("bnb-nf4").text(state + "nf4", json));
        assertRefused(
                "has a description without a shape, a dtype of bfloat16, float16 or float32, and a blocksize that is a"
                        + " power of two from 32 to 4096" + AGAIN,
                QuantizedModel.of("bnb-nf4").text(state + "nf4", json.replace("64", "63")));
        assertRefused(
                "is bitsandbytes nf4 of [16, 64], and `" + Q + ".absmax` is F32 [4, 4] where [16] is wanted" + AGAIN,
                QuantizedModel.of("bnb-nf4").reshape(Q + ".absmax", 4, 4));
    }

    @Test
    void aScaleThatIsInfinite() throws IOException {
        byte[] scales = new byte[64];
        scales[22] = (byte) 0x80;
        scales[23] = (byte) 0xff;
        Checkpoint checkpoint = QuantizedModel.of("bnb-nf4")
                .put(Q + ".absmax", DType.F32, Shape.of(16), scales)
                .open(folder);
        assertEquals(
                checkpoint.path() + ": `" + Q + ".absmax` holds -Infinity at [5], which no weight is computed from"
                        + AGAIN,
                assertThrows(
                                CheckpointException.class,
                                () -> checkpoint.tensors().get(Q).data().window(0, 1))
                        .getMessage());
    }

    @Test
    void gptq() throws IOException {
        String sym = "gptq-v1-4bit-sym";
        assertRefused(
                "has no g_idx, and desc_act says that groups are in no order" + WHOLE,
                QuantizedModel.of("gptq-v1-4bit-actorder").drop(M + ".g_idx"));
        assertRefused(
                "has codes of 4 bits by its shapes, and the configuration says 8" + CONFIG,
                QuantizedModel.of(sym).config("\"bits\": 4", "\"bits\": 8"));
        assertRefused(
                "is GPTQ by its shapes, with codes along the inputs, and config.json says that it is AWQ" + CONFIG,
                QuantizedModel.of(sym).config("\"gptq\"", "\"awq\""));
        assertRefused(
                "is GPTQ, and `" + M + ".qzeros` is not there" + WHOLE,
                QuantizedModel.of(sym).drop(M + ".qzeros"));
        assertRefused(
                "has 2 groups of scales, and the configuration's group_size of 64 asks for 1 over 64 inputs" + CONFIG,
                QuantizedModel.of(sym).config("\"group_size\": 32", "\"group_size\": 64"));
        assertRefused(
                "has the group 9 in `" + M + ".g_idx` at [1], and there are 2" + AGAIN,
                QuantizedModel.of(sym).fill(M + ".g_idx", 4, 9));
        assertRefused(
                "has 2 groups of scales, and `" + M + ".g_idx` is 0 everywhere" + AGAIN,
                QuantizedModel.of(sym).put(M + ".g_idx", DType.I32, Shape.of(64), new byte[256]));
        assertRefused(
                "has 8 words of codes for 72 inputs, which is no whole number from 2 to 8 bits for each" + AGAIN,
                QuantizedModel.of(sym).put(M + ".g_idx", DType.I32, Shape.of(72), new byte[288]));
        assertRefused(
                "is stored in the format marlin of GPTQ, which Graft does not read" + SOURCE,
                QuantizedModel.of(sym).config("\"bits\": 4", "\"bits\": 4, \"checkpoint_format\": \"marlin\""));
        assertRefused(
                "is GPTQ, 4 bits of [32, 64], and `" + M + ".qzeros` is I32 [4, 2] where [2, 4] is wanted" + AGAIN,
                QuantizedModel.of(sym).reshape(M + ".qzeros", 4, 2));
        assertRefused(
                "has neither a g_idx nor a configuration that says from 2 to 8 bits" + CONFIG,
                QuantizedModel.of(sym).drop(M + ".g_idx").config("\"bits\": 4", "\"bits\": 9"));
    }

    @Test
    void gptqThatIsOnlyMislabelled() throws IOException {
        String sym = "gptq-v1-4bit-sym";
        Checkpoint second = QuantizedModel.of(sym)
                .config("\"bits\": 4", "\"bits\": 4, \"checkpoint_format\": \"gptq_v2\"")
                .open(folder.resolve("second"));
        QuantizedModel.assertSame(sym, second);
        assertEquals(
                List.of("by the zero points the codes of GPTQ are of version 1, and by the configuration of version 2:"
                        + " the zero points count"),
                second.warnings());
        QuantizedModel without = QuantizedModel.of(sym);
        for (String module : List.of("self_attn.q_proj", "self_attn.o_proj", "mlp.up_proj")) {
            without.drop("model.layers.0." + module + ".g_idx");
        }
        Checkpoint ordered = without.open(folder.resolve("ordered"));
        QuantizedModel.assertSame(sym, ordered);
        assertEquals(
                List.of("a weight of GPTQ without g_idx has its groups in order, as desc_act is false"),
                ordered.warnings());
    }

    /** Old repositories have only quantize_config.json. */
    @Test
    void gptqWithoutAQuantizationConfig() throws IOException {
        Path model = QuantizedModel.of("gptq-v2-4bit-asym")
                .config("{\"dtype\": \"float16\"}")
                .write(folder, Long.MAX_VALUE);
        Files.copy(
                QuantizedModel.folder("gptq-v2-4bit-asym").resolve("quantize_config.json"),
                model.resolve("quantize_config.json"));
        Checkpoint checkpoint = Checkpoint.open(model);
        QuantizedModel.assertSame("gptq-v2-4bit-asym", checkpoint);
        assertEquals(
                List.of(
                        "config.json has no quantization_config; by their names and dtypes, 3 weights are codes of GPTQ"),
                checkpoint.warnings());
    }

    @Test
    void awq() throws IOException {
        assertRefused(
                "is AWQ, 4 bits, and `" + M + ".qzeros` is not there" + WHOLE,
                QuantizedModel.of("awq-gemm").drop(M + ".qzeros"));
        assertRefused(
                "is in the order of GEMM by its shapes, and config.json says gemv" + CONFIG,
                QuantizedModel.of("awq-gemm").config("\"gemm\"", "\"gemv\""));
        assertRefused(
                "is AWQ by its shapes, with codes along the outputs, and config.json says that it is GPTQ" + CONFIG,
                QuantizedModel.of("awq-gemm").config("\"awq\"", "\"gptq\""));
        assertRefused(
                "has codes of 4 bits by its shapes, and config.json says 3" + CONFIG,
                QuantizedModel.of("awq-gemm").config("\"bits\": 4", "\"bits\": 3"));
        assertRefused(
                "has 2 groups of scales, and config.json's group_size of 16 asks for 4 over 64 inputs" + CONFIG,
                QuantizedModel.of("awq-gemm").config("\"group_size\": 32", "\"group_size\": 16"));
    }

    @Test
    void compressedTensors() throws IOException {
        String sym = "ct-pack-int4-group-sym";
        assertRefused(
                "has no `" + M + ".weight_zero_point`, and config.json says that the integers are not symmetric"
                        + WHOLE,
                QuantizedModel.of("ct-pack-int4-group-asym").drop(M + ".weight_zero_point"));
        assertRefused(
                "has the shape [7, 64] in `" + M + ".weight_shape`, which does not fit words of [32, 8]" + AGAIN,
                QuantizedModel.of(sym).fill(M + ".weight_shape", 0, 7));
        assertRefused(
                "has 8 words in a row for 63 codes, and config.json says 3 bits" + CONFIG,
                QuantizedModel.of(sym).fill(M + ".weight_shape", 8, 63).config("\"num_bits\": 4", "\"num_bits\": 3"));
        assertRefused(
                "has 63 columns, which 2 groups of scales do not divide" + AGAIN,
                QuantizedModel.of(sym).fill(M + ".weight_shape", 8, 63));
        assertRefused(
                "has groups of different sizes in `" + M + ".weight_g_idx`" + AGAIN,
                QuantizedModel.of("ct-pack-int4-actorder").flip(M + ".weight_g_idx", 0, 1));
        Checkpoint shapeless = QuantizedModel.of(sym).drop(M + ".weight_shape").open(folder.resolve("shapeless"));
        QuantizedModel.assertSame(sym, shapeless);
        assertEquals(List.of("packed integers without weight_shape fill their words"), shapeless.warnings());
    }

    /** Before June 2026 words of 3 bits held ten of them, with two bits unused. */
    @Test
    void packedWithGaps() throws IOException {
        String config = "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"config_groups\":"
                + " {\"group_0\": {\"weights\": {\"num_bits\": 3, \"symmetric\": true}}}}}";
        // 0 1 2 3 4 5 6 7 0 1, 2 3 ...; the highest bits are set and mean nothing
        QuantizedModel model = QuantizedModel.empty()
                .put("a.weight_packed", DType.I32, Shape.of(1, 4), "88c6fac8 88c6fac8 88c6fac8 88c6fac8")
                .put("a.weight_scale", DType.F32, Shape.of(1, 1), "0000803f")
                .put("a.weight_shape", DType.I64, Shape.of(2), "0100000000000000 2000000000000000")
                .config(config);
        byte[] values = QuantizedModel.bytes(
                model.open(folder.resolve("gaps")).tensors().get("a.weight"));
        assertEquals(32 * 4, values.length);
        FloatBuffer floats =
                ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < 32; i++) {
            assertEquals(i % 10 % 8 - 4, floats.get(i), "at " + i);
        }
        assertRefused(
                "has codes of 3 bits in rows of 10, which lie in 1 words with gaps and without: which, is not told"
                        + AGAIN,
                QuantizedModel.empty()
                        .put("a.weight_packed", DType.I32, Shape.of(1, 1), "88c6fac8")
                        .put("a.weight_scale", DType.F32, Shape.of(1, 1), "0000803f")
                        .put("a.weight_shape", DType.I64, Shape.of(2), "0100000000000000 0a00000000000000")
                        .config(config),
                "a.weight");
    }

    @Test
    void fourBitFloats() throws IOException {
        assertRefused(
                "is NVFP4, groups of 16, and `" + M + ".weight_global_scale` is not there" + WHOLE,
                QuantizedModel.of("ct-nvfp4").drop(M + ".weight_global_scale"));
        String down = "model.layers.0.mlp.experts.down_proj";
        assertRefused(
                "has blocks of codes, and `" + down + "_scales` is not there" + WHOLE,
                QuantizedModel.of("mxfp4-gptoss").drop(down + "_scales"),
                down + "_blocks");
        assertRefused(
                "has scales of the shape [128, 4] where [32, 4] is wanted: in the order of a kernel, they are not read"
                        + SOURCE,
                QuantizedModel.of("nvfp4-modelopt")
                        .put(M + ".weight_scale", DType.F8_E4M3, Shape.of(128, 4), new byte[512]));
        Checkpoint checkpoint =
                QuantizedModel.of("mxfp4-gptoss").fill(down + "_scales", 5, 255).open(folder.resolve("e8m0"));
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> checkpoint.tensors().get(down).data().window(0, 1));
        assertTrue(
                refused.getMessage()
                        .contains("`" + down + "_scales` holds the code 255 at [0, 5, 0], which stands for no number"),
                refused.getMessage());
    }

    @Test
    void others() throws IOException {
        assertRefused(
                "has 8 words and 2 groups in a row, and config.json says groups of 32 codes of 8 bits" + CONFIG,
                QuantizedModel.of("mlx-affine-4bit").config("\"bits\": 4", "\"bits\": 8"));
        assertRefused(
                "is stored in the mode mxfp4 of MLX, which Graft does not read" + SOURCE,
                QuantizedModel.of("mlx-affine-4bit").config("\"bits\": 4", "\"bits\": 4, \"mode\": \"mxfp4\""));
        assertRefused(
                "is HQQ whose scales or zero points are codes themselves, which Graft does not read" + SOURCE,
                QuantizedModel.of("hqq-4bit").put(M + ".zero_q", DType.U8, Shape.of(1), new byte[1]));
        assertRefused(
                "is HQQ, and `" + M + ".zero` is not there" + WHOLE,
                QuantizedModel.of("hqq-4bit").drop(M + ".zero"));
        assertRefused(
                "is HQQ of 3 bits in U8, which Graft does not read" + SOURCE,
                QuantizedModel.of("hqq-4bit").fill(M + ".nbits", 0, 3));
        assertRefused(
                "is codes of torchao, and the metadata of the file do not tell their class" + WHOLE,
                QuantizedModel.of("torchao-int8"));
        assertRefused(
                "is stored as Int4Tensor of torchao in I8, which Graft does not read" + SOURCE,
                QuantizedModel.of("torchao-int8").metadata(Q, "{\"_type\": \"Int4Tensor\"}"));
    }
}
