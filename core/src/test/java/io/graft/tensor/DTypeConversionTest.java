package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class DTypeConversionTest {
    /** Inputs named {@code FROM/in} or {@code FROM>TO/in}, and what PyTorch made of them, {@code FROM>TO/out}. */
    @TestFactory
    Stream<DynamicTest> convertsAsPyTorch() {
        Map<String, TensorEntry> golden =
                Checkpoint.open(Fixtures.path("conversions.safetensors")).tensors();
        return golden.values().stream()
                .filter(entry -> entry.name().endsWith("/out"))
                .map(expected -> DynamicTest.dynamicTest(expected.name(), () -> {
                    String pair = expected.name().replace("/out", "");
                    String from = pair.substring(0, pair.indexOf('>'));
                    TensorEntry input = golden.getOrDefault(pair + "/in", golden.get(from + "/in"));
                    DTypeConversion conversion = new DTypeConversion(input.data(), input.dtype(), expected.dtype());
                    assertEquals(expected.data().byteCount(), conversion.byteCount());
                    assertSameValues(expected.dtype(), Fixtures.bytes(expected.data()), Fixtures.bytes(conversion));
                }));
    }

    @Test
    void everyHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Float16.toFloat((short) bits);
            if (Float.isNaN(value)) {
                assertTrue((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0, "NaN from " + bits);
            } else {
                assertEquals((short) bits, Float16.fromFloat(value), "bits " + bits);
            }
        }
    }

    @Test
    void everyMidpointBetweenHalvesRoundsToTheEvenOne() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            double below = Float16.toFloat((short) bits);
            double above = Float16.toFloat((short) (bits + 1));
            float middle = (float) ((below + above) / 2);
            assertEquals(bits + (bits & 1), Float16.fromFloat(middle), "midpoint after " + bits);
            assertEquals(bits, Float16.fromFloat(Math.nextDown(middle)), "below the midpoint after " + bits);
            assertEquals(bits + 1, Float16.fromFloat(Math.nextUp(middle)), "above the midpoint after " + bits);
        }
    }

    @Test
    void everyMidpointBetweenBrainFloatsRoundsToTheEvenOne() {
        for (int bits = 0; bits < 0x7f7f; bits++) {
            int middle = bits << 16 | 0x8000;
            assertEquals(bits + (bits & 1), brain(middle), "midpoint after " + bits);
            assertEquals(bits, brain(middle - 1), "below the midpoint after " + bits);
            assertEquals(bits + 1, brain(middle + 1), "above the midpoint after " + bits);
        }
    }

    @Test
    void windowsAndTransferGiveTheSameBytesWhereverTheyCut() throws IOException {
        int count = (1 << 17) + 12_345;
        ByteBuffer halves = ByteBuffer.allocate(count * 2);
        new Random(7).nextBytes(halves.array());
        DTypeConversion conversion = new DTypeConversion(TensorData.of(halves), DType.BF16, DType.F32);
        byte[] whole = Fixtures.bytes(conversion);
        ByteArrayOutputStream transferred = new ByteArrayOutputStream();
        conversion.transferTo(Channels.newChannel(transferred));
        assertArrayEquals(whole, transferred.toByteArray());
        for (int offset : new int[] {0, 1, 2, 7, 32_767, 4 * (1 << 17) - 1}) {
            ByteBuffer window = conversion.window(offset, 77);
            assertEquals(0, window.position());
            assertEquals(ByteOrder.LITTLE_ENDIAN, window.order());
            for (int i = 0; i < 77; i++) {
                assertEquals(whole[offset + i], window.get(i));
            }
        }
        assertEquals(0, conversion.window(whole.length, 0).remaining());
        assertThrows(IndexOutOfBoundsException.class, () -> conversion.window(whole.length - 1, 2));
    }

    @Test
    void reportsTheLargestRelativeError() throws IOException {
        DTypeConversion conversion = new DTypeConversion(floats(1f, 0x1.01p0f, 3f), DType.F32, DType.BF16);
        assertTrue(conversion.maxRelativeError().isEmpty());
        Fixtures.bytes(conversion);
        assertEquals(0x0.01p0 / 0x1.01p0, conversion.maxRelativeError().getAsDouble(), 1e-12);
    }

    @Test
    void reportsOverflowAsAnInfiniteErrorAndIgnoresNaN() throws IOException {
        DTypeConversion conversion = new DTypeConversion(floats(1e10f, Float.NaN), DType.F32, DType.F16);
        Fixtures.bytes(conversion);
        assertEquals(Double.POSITIVE_INFINITY, conversion.maxRelativeError().getAsDouble());
    }

    @Test
    void reportsNoErrorWhereEveryValueFits() throws IOException {
        DTypeConversion conversion = new DTypeConversion(floats(0.1f, Float.NaN), DType.F32, DType.F64);
        Fixtures.bytes(conversion);
        assertEquals(0, conversion.maxRelativeError().getAsDouble());
    }

    @Test
    void refusesANumberThatTheIntegerTypeLacks() {
        for (float value : new float[] {3e9f, -3e9f, Float.NaN, Float.POSITIVE_INFINITY}) {
            DTypeConversion conversion = new DTypeConversion(floats(value), DType.F32, DType.I32);
            IOException refused = assertThrows(IOException.class, () -> conversion.window(0, 4));
            assertEquals(
                    "the value " + (double) value + " has no I32; convert to floating point, or change the value",
                    refused.getMessage());
        }
    }

    @Test
    void refusesComplexPackedAndNarrowTargets() {
        assertFalse(DTypeConversion.isSupported(DType.C64, DType.F32));
        assertFalse(DTypeConversion.isSupported(DType.F32, DType.C128));
        assertFalse(DTypeConversion.isSupported(DType.F4, DType.F32));
        assertFalse(DTypeConversion.isSupported(DType.F32, DType.F8_E4M3));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> new DTypeConversion(floats(1), DType.F32, DType.C64));
        assertEquals(
                "no conversion from F32 to C64; allowed are BOOL, U8 to U64, I8 to I64, F16, BF16, F32 and F64, and from F8"
                        + " types",
                refused.getMessage());
    }

    @Test
    void convertsEmptyTensors(@TempDir Path folder) throws IOException {
        DTypeConversion conversion = new DTypeConversion(floats(), DType.F32, DType.F16);
        ByteArrayOutputStream transferred = new ByteArrayOutputStream();
        conversion.transferTo(Channels.newChannel(transferred));
        assertEquals(0, transferred.size());
        assertEquals(0, conversion.byteCount());
    }

    private static int brain(int floatBits) {
        short[] rounded = new short[1];
        BFloat16.fromFloats(new float[] {Float.intBitsToFloat(floatBits)}, rounded, 1);
        return rounded[0];
    }

    private static TensorData floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return TensorData.of(bytes.flip());
    }

    /** Bits must agree, except that any NaN is as good as any other: PyTorch's own differ with the processor. */
    private static void assertSameValues(DType dtype, byte[] expected, byte[] actual) {
        ByteBuffer want = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer have = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(expected.length, actual.length);
        int width = dtype.bits() / 8;
        for (int i = 0; i < expected.length / width; i++) {
            long wanted = bits(want, i, width);
            long got = bits(have, i, width);
            if (!isNaN(dtype, wanted) || !isNaN(dtype, got)) {
                assertEquals(Long.toHexString(wanted), Long.toHexString(got), "element " + i);
            }
        }
    }

    private static long bits(ByteBuffer buffer, int index, int width) {
        return switch (width) {
            case 1 -> buffer.get(index);
            case 2 -> buffer.getShort(index * 2);
            case 4 -> buffer.getInt(index * 4);
            default -> buffer.getLong(index * 8);
        };
    }

    private static boolean isNaN(DType dtype, long bits) {
        return switch (dtype) {
            case F16 -> (bits & 0x7fff) > 0x7c00;
            case BF16 -> (bits & 0x7fff) > 0x7f80;
            case F32 -> Float.isNaN(Float.intBitsToFloat((int) bits));
            case F64 -> Double.isNaN(Double.longBitsToDouble(bits));
            default -> false;
        };
    }
}
