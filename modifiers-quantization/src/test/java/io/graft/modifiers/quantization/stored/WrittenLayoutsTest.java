package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.gguf.GgufWriter;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.options.QuantizationLayout;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written in a layout is read by it again, and means what the storage says that it means, bit for bit. */
class WrittenLayoutsTest {
    @TempDir
    Path folder;

    private static WeightSettings settings(
            QuantizationScheme scheme, Integer group, boolean isSymmetric, DType result) {
        return new WeightSettings(
                scheme,
                Optional.ofNullable(group),
                false,
                isSymmetric,
                Optional.ofNullable(result),
                Form.ScaledCodes.Kernel.FASTEST,
                1);
    }

    /** Numbers like those of a weight, with a row of zeros and one of a single sign. */
    private static LazyTensor weight(DType dtype, Shape shape) {
        long columns = shape.dimension(1);
        LazyTensor numbers = LazyTensors.generate("weight", DType.F32, shape, place -> {
            long row = place / columns;
            double number = Math.sin(place * 1.3) * Math.cos(place * 0.37) * (1 + row % 7) / 9;
            return row == 2 ? 0 : row == 3 ? Math.abs(number) + 0.01 : number;
        });
        return CastTensor.to(dtype, numbers);
    }

    private TensorEntry written(Quantized quantized, QuantizationLayout layout, DType result) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        quantized
                .stored()
                .forEach((slot, tensor) ->
                        tensors.add(OutputTensor.of("m." + slot, tensor, tensor::materialize, Optional.empty())));
        if (layout == QuantizationLayout.GGUF) {
            new GgufWriter(folder.resolve("model.gguf"), "tensors", WriteOptions.DEFAULT)
                    .write(new OutputStateDict(tensors));
        } else {
            new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
            Files.writeString(
                    folder.resolve("config.json"),
                    "{\n  \"dtype\": \"" + BitsAndBytesConfiguration.word(result) + "\",\n  \"quantization_config\": "
                            + quantized
                                    .storage()
                                    .configuration()
                                    .orElseThrow()
                                    .quantizationConfig(List.of("head"), List.of("m"))
                            + "\n}\n");
        }
        Checkpoint checkpoint = Checkpoint.open(folder);
        assertEquals(List.of(), checkpoint.warnings());
        assertEquals(List.of("m.weight"), List.copyOf(checkpoint.tensors().keySet()));
        return checkpoint.tensors().get("m.weight");
    }

    private static LazyTensor meant(Quantized quantized, DType result) {
        Parametrization storage = quantized.storage();
        LazyTensor value = ExpressionTensors.evaluate(
                storage.form(new Expression.Below(quantized.weight().shape(), result))
                        .value(),
                "restored",
                Optional.empty(),
                quantized.stored());
        return CastTensor.to(result, value);
    }

    private static byte[] bytes(LazyTensor tensor) throws IOException {
        ByteBuffer window = tensor.materialize().window(0, (int) tensor.dtype().byteCount(tensor.shape()));
        byte[] bytes = new byte[window.remaining()];
        window.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "COMPRESSED_TENSORS, INT4, 32, true, F32, 24x256, '4-bit integers, groups of 32', true",
        "COMPRESSED_TENSORS, INT4, 32, true, BF16, 24x256, '4-bit integers, groups of 32', false",
        "COMPRESSED_TENSORS, INT4, 64, false, BF16, 27x256, '4-bit integers, groups of 64', false",
        "COMPRESSED_TENSORS, INT4, 32, false, F16, 27x96, '4-bit integers, groups of 32', false",
        "COMPRESSED_TENSORS, INT4, 128, false, F32, 8x128, '4-bit integers, one scale a row', true",
        "COMPRESSED_TENSORS, INT4, , true, F32, 8x256, '4-bit integers, groups of 128', true",
        "COMPRESSED_TENSORS, INT8, , true, F32, 24x100, 'int8, one scale a row', true",
        "COMPRESSED_TENSORS, INT8_DYNAMIC, , true, F32, 24x100, 'int8, one scale a row', true",
        "COMPRESSED_TENSORS, INT8, , false, BF16, 24x100, 'int8, one scale a row', false",
        "COMPRESSED_TENSORS, INT8, , false, F32, 24x100, 'int8, one scale a row', true",
        "COMPRESSED_TENSORS, INT8, 32, true, F16, 24x96, '8-bit integers, groups of 32', false",
        "COMPRESSED_TENSORS, INT8, 32, false, F32, 22x96, '8-bit integers, groups of 32', true",
        "COMPRESSED_TENSORS, FP8, , true, BF16, 24x100, 'FP8, one scale a row', false",
        "COMPRESSED_TENSORS, FP8, , true, F32, 24x100, 'FP8, one scale a row', false",
        "FP8, FP8, , true, BF16, 200x300, 'FP8, blocks of [128, 128]', false",
        "FP8, FP8, , true, F32, 256x128, 'FP8, blocks of [128, 128]', false",
        "FP8, FP8, 32, true, F16, 70x100, 'FP8, blocks of [32, 32]', false",
        "GGUF, INT8, , true, F32, 24x96, Q8_0, true",
        "GGUF, INT4, , true, F32, 24x96, Q4_0, true",
        "GGUF, INT4, 32, false, F32, 24x512, Q4_K, true",
    })
    void whatIsWrittenIsReadBitForBit(
            QuantizationLayout layout,
            QuantizationScheme scheme,
            Integer group,
            boolean isSymmetric,
            DType dtype,
            String size,
            String words,
            boolean isScaledCodes)
            throws IOException {
        String[] sizes = size.split("x");
        Shape shape = Shape.of(Long.parseLong(sizes[0]), Long.parseLong(sizes[1]));
        Quantized quantized = Quantized.of(
                StoredLayouts.of(layout), weight(dtype, shape), settings(scheme, group, isSymmetric, null));
        TensorEntry entry = written(quantized, layout, dtype);
        assertEquals(shape, entry.shape());
        assertEquals(dtype, entry.dtype());
        assertEquals(words, entry.encoding().orElseThrow().scheme());
        assertArrayEquals(bytes(StoredTensor.of(entry, "m")), bytes(meant(quantized, dtype)));
        Form form = quantized.storage().form(new Expression.Below(shape, dtype));
        assertEquals(isScaledCodes, form instanceof Form.ScaledCodes);
        // The codes were read, so that the error is known; it is that of the values.
        assertEquals(
                quantized.error(), quantized.quantized().measured().orElseThrow(), quantized.error() * 1e-5 + 1e-9);
    }

    /** Another dtype than the weight's is that of the scales, and of the values. */
    @Test
    void valuesMayHaveAnotherDtype() throws IOException {
        Quantized quantized = Quantized.of(
                new CompressedTensors(),
                weight(DType.F32, Shape.of(4, 64)),
                settings(QuantizationScheme.INT4, 32, true, DType.BF16));
        TensorEntry entry = written(quantized, QuantizationLayout.COMPRESSED_TENSORS, DType.BF16);
        assertEquals(DType.BF16, entry.dtype());
        assertArrayEquals(bytes(StoredTensor.of(entry, "m")), bytes(meant(quantized, DType.BF16)));
    }

    /** Q8_0 of bfloat16 stands for numbers of 32 bits, as GGUF has it. */
    @Test
    void ofGgufTheyAreOf32Bits() throws IOException {
        Quantized quantized = Quantized.of(
                new Gguf(), weight(DType.BF16, Shape.of(4, 64)), settings(QuantizationScheme.INT8, null, true, null));
        TensorEntry entry = written(quantized, QuantizationLayout.GGUF, DType.F32);
        assertEquals(DType.F32, entry.dtype());
        assertArrayEquals(bytes(StoredTensor.of(entry, "m")), bytes(meant(quantized, DType.F32)));
    }

    private static Quantized of(
            QuantizationLayout layout, QuantizationScheme scheme, Integer group, boolean isSymmetric) {
        return Quantized.of(
                StoredLayouts.of(layout),
                weight(DType.F32, Shape.of(4, 96)),
                settings(scheme, group, isSymmetric, null));
    }

    private static void assertConfiguration(String expected, Quantized quantized) {
        assertEquals(
                expected.strip(),
                quantized
                        .storage()
                        .configuration()
                        .orElseThrow()
                        .quantizationConfig(List.of("embed", "lm_head"), List.of("m")));
    }

    @Test
    void theConfigurationOfIntegersInWords() {
        assertConfiguration("""
                {
                    "config_groups": {
                      "group_0": {
                        "targets": ["Linear"],
                        "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": false, "dynamic": false},
                        "input_activations": null
                      }
                    },
                    "format": "pack-quantized",
                    "ignore": [
                      "embed",
                      "lm_head"
                    ],
                    "quant_method": "compressed-tensors",
                    "quantization_status": "compressed"
                  }
                """, of(QuantizationLayout.COMPRESSED_TENSORS, QuantizationScheme.INT4, 32, false));
    }

    @Test
    void theConfigurationOfIntegersThatRunWithIntegers() {
        assertConfiguration(
                """
                {
                    "config_groups": {
                      "group_0": {
                        "targets": ["Linear"],
                        "weights": {"num_bits": 8, "type": "int", "strategy": "channel", "group_size": null, "symmetric": true, "dynamic": false},
                        "input_activations": {"num_bits": 8, "type": "int", "strategy": "token", "group_size": null, "symmetric": true, "dynamic": true}
                      }
                    },
                    "format": "int-quantized",
                    "ignore": [
                      "embed",
                      "lm_head"
                    ],
                    "quant_method": "compressed-tensors",
                    "quantization_status": "compressed"
                  }
                """, of(QuantizationLayout.COMPRESSED_TENSORS, QuantizationScheme.INT8_DYNAMIC, null, true));
    }

    @Test
    void theConfigurationOfFloats() {
        assertConfiguration("""
                {
                    "config_groups": {
                      "group_0": {
                        "targets": ["Linear"],
                        "weights": {"num_bits": 8, "type": "float", "strategy": "channel", "group_size": null, "symmetric": true, "dynamic": false},
                        "input_activations": null
                      }
                    },
                    "format": "float-quantized",
                    "ignore": [
                      "embed",
                      "lm_head"
                    ],
                    "quant_method": "compressed-tensors",
                    "quantization_status": "compressed"
                  }
                """, of(QuantizationLayout.COMPRESSED_TENSORS, QuantizationScheme.FP8, null, true));
        assertConfiguration("""
                {
                    "activation_scheme": "dynamic",
                    "fmt": "e4m3",
                    "modules_to_not_convert": [
                      "embed",
                      "lm_head"
                    ],
                    "quant_method": "fp8",
                    "weight_block_size": [128, 128]
                  }
                """, of(QuantizationLayout.FP8, QuantizationScheme.FP8, null, true));
        assertEquals(
                Optional.empty(),
                of(QuantizationLayout.GGUF, QuantizationScheme.INT8, null, true)
                        .storage()
                        .configuration());
    }

    @ParameterizedTest
    @CsvSource({
        "COMPRESSED_TENSORS, INT4, 64, true, 'has rows of 96 values, which groups of 64 do not divide'",
        "COMPRESSED_TENSORS, INT4, , true, 'has rows of 96 values, which groups of 128 do not divide'",
        "COMPRESSED_TENSORS, INT4, 12, true, 'groups of int4 fill words of 8 values in compressed-tensors, and 12 do"
                + " not'",
        "COMPRESSED_TENSORS, INT8, 6, true, 'groups of int8 fill words of 4 values in compressed-tensors, and 6 do"
                + " not'",
        "COMPRESSED_TENSORS, INT8_DYNAMIC, 32, true, 'int8-dynamic has a scale for each row, and no groups of 32'",
        "COMPRESSED_TENSORS, INT8_DYNAMIC, , false, int8-dynamic has no zero points",
        "COMPRESSED_TENSORS, FP8, 32, true, 'fp8 of compressed-tensors has a scale for each row, and no groups of 32;"
                + " the layout fp8 has blocks'",
        "COMPRESSED_TENSORS, FP8, , false, fp8 has no zero points",
        "FP8, FP8, , false, fp8 has no zero points",
        "GGUF, INT8, , false, 'Graft writes int8 as Q8_0 of GGUF, which has no zero points'",
        "GGUF, INT8, 64, true, 'Q8_0 of GGUF has groups of 32, and not of 64'",
        "GGUF, INT4, 128, true, 'Q4_0 of GGUF has groups of 32, and not of 128'",
        "GGUF, INT4, 64, false, 'Q4_K of GGUF has groups of 32, and not of 64'",
        "GGUF, INT4, , false, 'has rows of 96 values, and Q4_K of GGUF is in blocks of 256'",
        "BITSANDBYTES, NF4, , false, bitsandbytes has no zero points",
    })
    void whatDoesNotFitIsRefused(
            QuantizationLayout layout, QuantizationScheme scheme, Integer group, boolean isSymmetric, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> of(layout, scheme, group, isSymmetric))
                        .getMessage());
    }

    @Test
    void scalesAreStoredAsTheyAre() {
        for (QuantizationLayout layout :
                List.of(QuantizationLayout.COMPRESSED_TENSORS, QuantizationLayout.FP8, QuantizationLayout.GGUF)) {
            WeightSettings settings = new WeightSettings(
                    QuantizationScheme.FP8,
                    Optional.empty(),
                    true,
                    true,
                    Optional.empty(),
                    Form.ScaledCodes.Kernel.NONE,
                    1);
            assertEquals(
                    switch (layout) {
                        case COMPRESSED_TENSORS -> "compressed-tensors keeps its scales as they are";
                        case FP8 -> "the layout fp8 keeps its scales as they are";
                        default -> "GGUF says itself in how many bits its scales are";
                    },
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> StoredLayouts.of(layout).scheme(settings))
                            .getMessage());
        }
    }

    @Test
    void blocksOfGgufAreNumbersOf32Bits() {
        assertEquals(
                "blocks of GGUF stand for values of F32, and not of BF16",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Gguf()
                                        .result(settings(QuantizationScheme.INT8, null, true, DType.BF16), DType.F32))
                        .getMessage());
    }

    private static String failure(
            QuantizationLayout layout, QuantizationScheme scheme, boolean isSymmetric, double value) {
        LazyTensor weight = LazyTensors.generate(
                "weight", DType.F32, Shape.of(3, 256), place -> place == 256 + 40 ? value : Math.cos(place * 1.0));
        Quantized quantized = Quantized.of(StoredLayouts.of(layout), weight, settings(scheme, null, isSymmetric, null));
        return assertThrows(IOException.class, () -> quantized.bytes("weight")).getMessage();
    }

    @Test
    void valuesWithoutACodeAreRefused() {
        for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
            String message =
                    "`a.weight` holds " + (float) value + " at [1, 40], and finite numbers alone can be quantized";
            assertEquals(message, failure(QuantizationLayout.GGUF, QuantizationScheme.INT8, true, value));
            assertEquals(message, failure(QuantizationLayout.GGUF, QuantizationScheme.INT4, true, value));
            assertEquals(message, failure(QuantizationLayout.GGUF, QuantizationScheme.INT4, false, value));
            assertEquals(message, failure(QuantizationLayout.FP8, QuantizationScheme.FP8, true, value));
        }
    }

    @Test
    void scalesOf16BitsAreNotEnoughForEverything() {
        String small = "`a.weight` holds " + (float) Math.cos(256.0 + 32)
                + " at [1, 32], in a block of values too large for scales of 16 bits, which ";
        assertEquals(small + "Q8_0 of GGUF has", failure(QuantizationLayout.GGUF, QuantizationScheme.INT8, true, 1e8));
        assertEquals(small + "Q4_0 of GGUF has", failure(QuantizationLayout.GGUF, QuantizationScheme.INT4, true, 1e8));
        assertEquals(
                "`a.weight` holds " + (float) Math.cos(256.0)
                        + " at [1, 0], in a block of values too large for scales of 16 bits, which Q4_K of GGUF has",
                failure(QuantizationLayout.GGUF, QuantizationScheme.INT4, false, 1e8));
    }

    @Test
    void otherShapesAreRefused() {
        LazyTensor cube = LazyTensors.generate("cube", DType.F32, Shape.of(2, 3, 32), place -> place);
        Map.of(
                        QuantizationLayout.COMPRESSED_TENSORS, "has the shape [2, 3, 32], and int8 is of matrices",
                        QuantizationLayout.FP8, "has the shape [2, 3, 32], and fp8 is of matrices")
                .forEach((layout, message) -> assertEquals(
                        message,
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> Quantized.of(
                                                StoredLayouts.of(layout),
                                                cube,
                                                settings(
                                                        layout == QuantizationLayout.FP8
                                                                ? QuantizationScheme.FP8
                                                                : QuantizationScheme.INT8,
                                                        null,
                                                        true,
                                                        null)))
                                .getMessage()));
    }

    /** Blocks lie in any shape whose rows they divide. */
    @Test
    void blocksOfACubeAreRead() throws IOException {
        LazyTensor cube = LazyTensors.generate("cube", DType.F32, Shape.of(2, 3, 32), place -> Math.sin(place * 1.0));
        Quantized quantized = Quantized.of(new Gguf(), cube, settings(QuantizationScheme.INT8, null, true, null));
        TensorEntry entry = written(quantized, QuantizationLayout.GGUF, DType.F32);
        assertEquals(Shape.of(2, 3, 32), entry.shape());
        assertArrayEquals(bytes(StoredTensor.of(entry, "m")), bytes(meant(quantized, DType.F32)));
    }
}
