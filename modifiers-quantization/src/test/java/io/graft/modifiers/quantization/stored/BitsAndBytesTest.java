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
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes as bitsandbytes has them: golden vectors by their names on the reference page, and its own files quantized once more. */
class BitsAndBytesTest {
    private static final StoredLayout LAYOUT = new BitsAndBytes();
    private static final float[] FACTORS = {.25f, 1, 3, .01f};

    /** The input of the golden vectors. */
    private static LazyTensor golden(Shape shape) {
        return LazyTensors.generate("golden", DType.F32, shape, i ->
                (float) (((37 * i + 11) % 101 - 50) / 50.0 * FACTORS[(int) i / 64]));
    }

    private static LazyTensor numbers(Shape shape, double... numbers) {
        return LazyTensors.generate("numbers", DType.F32, shape, i -> numbers[(int) i]);
    }

    private static WeightSettings settings(QuantizationScheme scheme, boolean isDouble) {
        return new WeightSettings(
                scheme, Optional.empty(), isDouble, true, Optional.empty(), Form.ScaledCodes.Kernel.FASTEST, 1);
    }

    private static Quantized quantized(LazyTensor weight, QuantizationScheme scheme, boolean isDouble) {
        return Quantized.of(LAYOUT, weight, settings(scheme, isDouble));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] first(byte[] bytes, int count) {
        return Arrays.copyOf(bytes, count);
    }

    /** GQ1 to GQ3. */
    @Test
    void nf4() throws Exception {
        Quantized quantized = quantized(golden(Shape.of(4, 64)), QuantizationScheme.NF4, false);
        assertArrayEquals(new float[] {.25f, .98f, 3, .01f}, quantized.floats("weight.absmax"));
        byte[] codes = quantized.bytes("weight");
        assertEquals(
                "17e29f3b05d17e2af4c06d18e2a04c16e29f3b05d17e29f3c05d18e2af4c16e1",
                HexFormat.of().formatHex(first(codes, 32)));
        assertEquals("6b236bf75624d652305e5e09d4d4099c6a2746bf2b499f8b3c667a88aec2712a", sha256(codes));
        assertEquals(Shape.of(128, 1), quantized.stored().get("weight").shape());
        assertEquals(
                "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [4, 64]}",
                new String(quantized.bytes("weight.quant_state.bitsandbytes__nf4"), StandardCharsets.UTF_8));
    }

    /** GQ5 to GQ7. */
    @Test
    void fp4() throws Exception {
        Quantized quantized = quantized(golden(Shape.of(4, 64)), QuantizationScheme.FP4, false);
        byte[] codes = quantized.bytes("weight");
        assertEquals(
                "a92d63c4be5a12d73c5be2a12d7bf5a92a63c4be5a02d63c4be2a12d73f5a92a",
                HexFormat.of().formatHex(first(codes, 32)));
        assertEquals("8eedeb32d7a29d077b2d8358e3ec063e315b5065c51c8f97cb5aa453537c68d7", sha256(codes));
        assertEquals(.1092646, quantized.error(), 5e-8);
        assertEquals(quantized.error(), quantized.quantized().measured().orElseThrow(), 1e-7);
    }

    /** GQ9. */
    @Test
    void scalesInEightBits() throws Exception {
        Quantized quantized = quantized(golden(Shape.of(4, 64)), QuantizationScheme.NF4, true);
        assertEquals(.0907379, quantized.error(), 5e-8);
        assertArrayEquals(
                new float[] {-.17556033f, 0, .18230946f, -.13240872f}, Arrays.copyOf(quantized.restored(), 4));
        quantized.bytes("weight");
        assertEquals(quantized.error(), quantized.quantized().measured().orElseThrow(), 1e-7);
        assertEquals(
                "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [4, 64],"
                        + " \"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\":"
                        + " 1.0600000619888306}      ",
                new String(quantized.bytes("weight.quant_state.bitsandbytes__nf4"), StandardCharsets.UTF_8));
    }

    /** GQ10 and GQ11. */
    @Test
    void int8() throws Exception {
        Quantized quantized = quantized(golden(Shape.of(4, 64)), QuantizationScheme.INT8, false);
        assertArrayEquals(new float[] {.25f, .97998047f, 3, .01000214f}, quantized.floats("SCB"), 5e-9f);
        assertArrayEquals(new byte[] {-99, -5, 89, -74, 20, 114, -48, 46}, first(quantized.bytes("weight"), 8));
        assertEquals("00", quantized.hex("weight_format"));
        assertEquals(quantized.error(), quantized.quantized().measured().orElseThrow(), 1e-7);
    }

    /** GQ17: one block that is not whole, of an odd number of values. */
    @Test
    void oddNumberOfValues() throws Exception {
        Quantized quantized = quantized(
                numbers(Shape.of(7), 1, -1, .5, 0, 0.33967943489551544, .3396794946, -.45),
                QuantizationScheme.NF4,
                false);
        assertArrayEquals(new byte[] {(byte) 240, (byte) 199, (byte) 187, 55}, quantized.bytes("weight"));
    }

    /** Zeros that come from above are another code of fp4, and blocks of zeros have a scale only where they are not whole. */
    @Test
    void zeros() throws Exception {
        assertEquals(
                "3008",
                quantized(numbers(Shape.of(4), 1, 0, -1e-9, 1e-9), QuantizationScheme.FP4, false)
                        .hex("weight"));
        Quantized zeros = quantized(numbers(Shape.of(1, 66), new double[66]), QuantizationScheme.NF4, false);
        assertArrayEquals(new float[] {0, 1e-38f}, zeros.floats("weight.absmax"));
        assertEquals("77".repeat(33), zeros.hex("weight"));
        assertArrayEquals(new float[66], zeros.restored());
        assertEquals(0, zeros.quantized().measured().orElseThrow());
        Quantized rows = quantized(numbers(Shape.of(1, 3), new double[3]), QuantizationScheme.INT8, false);
        assertEquals("000000", rows.hex("weight"));
        assertArrayEquals(new float[3], rows.restored());
    }

    /** What a file of bitsandbytes stands for becomes the same file. */
    @ParameterizedTest
    @CsvSource({
        "bnb-nf4, NF4, false, 64",
        "bnb-fp4, FP4, false, 64",
        "bnb-nf4-dq, NF4, true, 64",
        "bnb-fp4-dq, FP4, true, 64",
        "bnb-nf4-dq-b128-f16, NF4, true, 128",
        "bnb-int8, INT8, false, 0"
    })
    void itsOwnFilesAgain(String fixture, QuantizationScheme scheme, boolean isDouble, int block) throws Exception {
        Checkpoint checkpoint = Checkpoint.open(Path.of(BitsAndBytesTest.class
                .getResource("/fixtures/quantized/" + fixture)
                .toURI()));
        int weights = 0;
        for (TensorEntry logical : checkpoint.tensors().values()) {
            if (logical.encoding().isEmpty()) {
                continue;
            }
            weights++;
            Quantized again = Quantized.of(
                    LAYOUT,
                    StoredTensor.of(logical, fixture),
                    new WeightSettings(
                            scheme,
                            block == 0 ? Optional.empty() : Optional.of(block),
                            isDouble,
                            true,
                            Optional.empty(),
                            Form.ScaledCodes.Kernel.NONE,
                            1));
            String module = logical.name().substring(0, logical.name().length() - "weight".length());
            for (String slot : again.stored().keySet()) {
                TensorEntry stored = checkpoint.stored().get(module + slot);
                byte[] expected = new byte[(int) stored.data().byteCount()];
                stored.data().window(0, expected.length).get(expected);
                if (slot.equals("weight")) {
                    assertArrayEquals(
                            scheme == QuantizationScheme.FP4 ? withOneZero(expected) : expected,
                            again.bytes(slot),
                            module);
                } else if (!isDouble) {
                    assertArrayEquals(expected, again.bytes(slot), module + slot);
                }
            }
        }
        assertEquals(true, weights > 0);
    }

    /** Of the two codes for zero in fp4, a value that is zero gets the first. */
    private static byte[] withOneZero(byte[] codes) {
        byte[] same = codes.clone();
        for (int i = 0; i < same.length; i++) {
            int high = (same[i] & 0xf0) == 0x80 ? 0 : same[i] & 0xf0;
            int low = (same[i] & 0x0f) == 0x08 ? 0 : same[i] & 0x0f;
            same[i] = (byte) (high | low);
        }
        return same;
    }

    @Test
    void rowsThatAreTooLong() {
        LazyTensor long26 = LazyTensors.generate("zeros", DType.F32, Shape.of(1, (1L << 26) + 1), place -> 0);
        assertEquals(
                "has rows of 67108865 values, and int8 takes rows of up to 67108864",
                assertThrows(IllegalArgumentException.class, () -> quantized(long26, QuantizationScheme.INT8, false))
                        .getMessage());
    }
}
