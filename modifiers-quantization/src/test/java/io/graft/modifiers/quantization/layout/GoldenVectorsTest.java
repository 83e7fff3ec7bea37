package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of the reference page, by their names there, with bytes in the order of a file. */
class GoldenVectorsTest {
    @TempDir
    Path folder;

    private static void assertHex(String expected, Checkpoint checkpoint) throws IOException {
        assertEquals(
                expected.replace(" ", ""),
                QuantizedModel.hex(checkpoint.tensors().get("a.weight")));
    }

    private static String repeated(String hex, int times) {
        return hex.repeat(times);
    }

    /** QC6: multiplied by the rounded inverse of 127, not divided. */
    @Test
    void int8OfBitsandbytes() throws IOException {
        assertHex(
                "38cf9abe 9a9999be 38cf1abb 00000000 0683413c 9a99993e",
                QuantizedModel.empty()
                        .put("a.weight", DType.I8, Shape.of(1, 6), "80 81 ff 00 05 7f")
                        .put("a.SCB", DType.F32, Shape.of(1), "9a99993e")
                        .open(folder));
    }

    /** QC7: a zero point of 0 is all ones in version 1, and the addition stays within its field. */
    @Test
    void gptqWithAZeroPointOfZero() throws IOException {
        Checkpoint checkpoint = QuantizedModel.empty()
                .put("a.qweight", DType.I32, Shape.of(1, 8), repeated("1032dcfe", 8))
                .put("a.qzeros", DType.I32, Shape.of(1, 1), "7777770f")
                .put("a.scales", DType.F16, Shape.of(1, 8), repeated("1f21", 8))
                .config("{\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": -1,"
                        + " \"sym\": false, \"desc_act\": false}}")
                .open(folder);
        assertEquals(
                List.of(
                        "a weight of GPTQ without g_idx has its groups in order, as desc_act is false",
                        "zero points of 0 are stored as all ones in version 1 of GPTQ, as in `a.weight`; AutoGPTQ spoilt"
                                + " the zero point beside one when it wrote it"),
                checkpoint.warnings());
        assertHex(
                "1fad 7bac aeab 67aa 1f29 672a ae2b 7b2c".repeat(6)
                        + "0000 1f21 1f25 ae27 ae2f 2930 7b30 cd30"
                        + "1fa1 0000 1f21 1f25 0b2f ae2f 2930 7b30",
                checkpoint);
    }

    /** QC9: the order of columns in a word. */
    @Test
    void awq() throws IOException {
        assertHex(
                "1fad 1fa9 7bac aea7 aeab 1fa5 67aa 1fa1",
                QuantizedModel.empty()
                        .put("a.qweight", DType.I32, Shape.of(1, 1), "10325476")
                        .put("a.qzeros", DType.I32, Shape.of(1, 1), "88888888")
                        .put("a.scales", DType.F16, Shape.of(1, 8), repeated("1f21", 8))
                        .open(folder));
    }

    /** QC10: codes and zero points carry the same offset. */
    @Test
    void packedIntegers() throws IOException {
        assertHex(
                "0bbe fcbd 183d 4a3d b1bd 98bd 7cbd 4abd",
                QuantizedModel.empty()
                        .put("a.weight_packed", DType.I32, Shape.of(1, 1), "10fe5476")
                        .put("a.weight_scale", DType.BF16, Shape.of(1, 1), "4a3c")
                        .put("a.weight_zero_point", DType.I32, Shape.of(1, 1), "0b000000")
                        .put("a.weight_shape", DType.I64, Shape.of(2), "0100000000000000 0800000000000000")
                        .config(
                                "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"config_groups\":"
                                        + " {\"group_0\": {\"weights\": {\"num_bits\": 4, \"symmetric\": false}}}}}")
                        .open(folder));
    }

    /** QC11: subnormal results, and a zero with a sign. */
    @Test
    void mxfp4() throws IOException {
        String half = "10 32 54 76 98 ba dc fe";
        assertHex(
                "0000 803d 003e 403e 803e c03e 003f 403f 0080 80bd 00be 40be 80be c0be 00bf 40bf".repeat(2),
                QuantizedModel.empty()
                        .put("a.weight_packed", DType.U8, Shape.of(1, 16), half + half)
                        .put("a.weight_scale", DType.U8, Shape.of(1, 1), "7c")
                        .open(folder.resolve("a")));
        assertHex(
                "0000 2000 4000 6000 8000 c000 0001 4001 0080 2080 4080 6080 8080 c080 0081 4081".repeat(2),
                QuantizedModel.empty()
                        .put("a.weight_packed", DType.U8, Shape.of(1, 16), half + half)
                        .put("a.weight_scale", DType.U8, Shape.of(1, 1), "00")
                        .open(folder.resolve("b")));
    }

    /** QC12: one divides by the scale of the tensor, the other multiplies. */
    @Test
    void nvfp4() throws IOException {
        String bytes = "10 32 54 76 98 ba dc fe";
        String expected = "0000 503b d03b 1c3c 503c 9c3c d03c 1c3d 0080 50bb d0bb 1cbc 50bc 9cbc d0bc 1cbd";
        assertHex(
                expected,
                QuantizedModel.empty()
                        .put("a.weight_packed", DType.U8, Shape.of(1, 8), bytes)
                        .put("a.weight_scale", DType.F8_E4M3, Shape.of(1, 1), "5d")
                        .put("a.weight_global_scale", DType.F32, Shape.of(1), "9a058045")
                        .open(folder.resolve("divided")));
        assertHex(
                expected,
                QuantizedModel.empty()
                        .put("a.weight", DType.U8, Shape.of(1, 8), bytes)
                        .put("a.weight_scale", DType.F8_E4M3, Shape.of(1, 1), "5d")
                        .put("a.weight_scale_2", DType.F32, Shape.SCALAR, "18f57f39")
                        .open(folder.resolve("multiplied")));
    }

    /** Of 3 bits ten lie in a word, the first in the highest of them; rows that fill no word are made up. */
    @Test
    void hqqOfThreeBits() throws IOException {
        // word: 0 1 2 3 4 5 6 7 0 1 from bit 27 down
        assertHex(
                "0000 003c 0040 0042 0044 0045 0046 0047",
                QuantizedModel.empty()
                        .put("a.W_q", DType.I32, Shape.of(1, 1), "c15d4e01")
                        .put("a.scale", DType.F16, Shape.of(8, 1), repeated("003c", 8))
                        .put("a.zero", DType.F16, Shape.of(8, 1), repeated("0000", 8))
                        .put("a.nbits", DType.I32, Shape.SCALAR, "03000000")
                        .put("a.axis", DType.I32, Shape.SCALAR, "01000000")
                        .put("a.group_size", DType.I32, Shape.SCALAR, "01000000")
                        .put("a.shape", DType.I32, Shape.of(2), "02000000 04000000")
                        .open(folder));
    }
}
