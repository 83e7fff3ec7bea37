package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes as compressed-tensors makes them: {@code compressed.safetensors} is made by {@code make_compressed.py} beside it. */
class CompressedTensorsTest {
    private static Checkpoint expected() throws URISyntaxException {
        return Checkpoint.open(Path.of(CompressedTensorsTest.class
                .getResource("compressed.safetensors")
                .toURI()));
    }

    private static WeightSettings settings(QuantizationScheme scheme, int group, boolean isSymmetric) {
        return new WeightSettings(
                scheme,
                group == 0 ? Optional.empty() : Optional.of(group),
                false,
                isSymmetric,
                Optional.empty(),
                Form.ScaledCodes.Kernel.FASTEST,
                1);
    }

    private static void assertStored(String set, DType dtype, WeightSettings settings) throws Exception {
        Checkpoint expected = expected();
        LazyTensor weight = StoredTensor.of(expected.stored().get(dtype + ".weight"), "weight");
        Quantized quantized = Quantized.of(new CompressedTensors(), weight, settings);
        int compared = 0;
        for (TensorEntry entry : expected.stored().values()) {
            String start = dtype + "." + set + ".";
            if (entry.name().startsWith(start)) {
                String slot = entry.name().substring(start.length());
                LazyTensor stored = quantized.stored().get(slot);
                assertEquals(entry.dtype(), stored.dtype(), entry.name());
                assertEquals(entry.shape(), stored.shape(), entry.name());
                byte[] bytes = new byte[(int) entry.data().byteCount()];
                entry.data().window(0, bytes.length).get(bytes);
                assertArrayEquals(bytes, quantized.bytes(slot), entry.name());
                compared++;
            }
        }
        assertEquals(set.endsWith("zero") ? 3 : 2, compared);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "BF16", "F16"})
    void theBytesAreThoseOfTheReference(DType dtype) throws Exception {
        assertStored("int4-symmetric", dtype, settings(QuantizationScheme.INT4, 32, true));
        assertStored("int4-zero", dtype, settings(QuantizationScheme.INT4, 32, false));
        assertStored("int8-symmetric", dtype, settings(QuantizationScheme.INT8, 32, true));
        assertStored("int8-zero", dtype, settings(QuantizationScheme.INT8, 32, false));
        assertStored("rows", dtype, settings(QuantizationScheme.INT8, 0, true));
        assertStored("floats", dtype, settings(QuantizationScheme.FP8, 0, true));
    }

    private static void assertRefused(
            String message, LazyTensor weight, QuantizationScheme scheme, boolean isSymmetric) {
        int group = scheme == QuantizationScheme.INT4 ? 32 : 0;
        Quantized quantized = Quantized.of(new CompressedTensors(), weight, settings(scheme, group, isSymmetric));
        assertEquals(
                message,
                assertThrows(IOException.class, () -> quantized.bytes("weight_scale"))
                        .getMessage());
    }

    private static LazyTensor with(double value) {
        return LazyTensors.generate("weight", DType.F32, Shape.of(2, 64), place -> place == 70 ? value : place / 100.0);
    }

    @Test
    void valuesWithoutACodeAreRefused() {
        for (QuantizationScheme scheme : new QuantizationScheme[] {QuantizationScheme.INT4, QuantizationScheme.FP8}) {
            assertRefused(
                    "`a.weight` holds NaN at [1, 6], and finite numbers alone can be quantized",
                    with(Double.NaN),
                    scheme,
                    true);
        }
    }

    @Test
    void valuesThatTheirDtypeDoesNotHoldAreRefused() {
        LazyTensor large = with(1e5);
        WeightSettings halves = new WeightSettings(
                QuantizationScheme.INT4,
                Optional.of(32),
                false,
                true,
                Optional.of(DType.F16),
                Form.ScaledCodes.Kernel.NONE,
                1);
        assertEquals(
                "`a.weight` holds 100000.0 at [1, 6], which is too large for values of F16",
                assertThrows(
                                IOException.class,
                                () -> Quantized.of(new CompressedTensors(), large, halves)
                                        .bytes("weight_scale"))
                        .getMessage());
        LazyTensor wide = LazyTensors.generate(
                "weight", DType.F32, Shape.of(1, 32), place -> place == 3 ? 4e4 : place == 5 ? -4e4 : 1);
        assertRefused(
                "`a.weight` holds 1.0 at [0, 0], in a group whose range 80000.0 is too large for scales of F16",
                CastTensor.to(DType.F16, wide),
                QuantizationScheme.INT4,
                false);
    }
}
