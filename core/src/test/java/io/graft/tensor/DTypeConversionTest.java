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
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                    if (wraps(input, expected)) {
                        assertThrows(IOException.class, () -> Fixtures.bytes(conversion));
                        return;
                    }
                    assertSameValues(expected.dtype(), Fixtures.bytes(expected.data()), Fixtures.bytes(conversion));
                }));
    }

    /** Whether PyTorch takes other integers for those that do not fit, which Graft refuses: the inputs hold the extremes. */
    private static boolean wraps(TensorEntry input, TensorEntry output) {
        DType from = input.dtype();
        DType to = output.dtype();
        boolean integers = Stream.of(from, to).allMatch(type -> type.name().matches("[IU]\\d+"));
        boolean signed = from.name().startsWith("I");
        return integers
                && from != to
                && !(from == DType.U64 && to == DType.I64) // its inputs fit
                && (signed == to.name().startsWith("I") ? from.bits() > to.bits() : signed || from.bits() >= to.bits());
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

    @ParameterizedTest
    @CsvSource({
        "I64, I32, 1099511627776, I32",
        "I64, I32, -2147483649, I32",
        "I64, U8, -1, U8",
        "I64, U64, -1, U64",
        "U64, I64, -1, I64",
        "I64, U32, 4294967296, U32"
    })
    void refusesAnIntegerThatTheOtherTypeLacks(DType from, DType to, long bits, String type) {
        ByteBuffer value = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bits)
                .flip();
        UnfitValueException failure = assertThrows(
                UnfitValueException.class, () -> Fixtures.bytes(new DTypeConversion(TensorData.of(value), from, to)));
        assertEquals(
                "the value " + (from == DType.U64 ? Long.toUnsignedString(bits) : Long.toString(bits)) + " has no "
                        + type,
                failure.getMessage());
        assertEquals("convert to a wider type, or change the value", failure.help());
    }

    @ParameterizedTest
    @CsvSource({
        "I32, 2147483648",
        "I32, -2147483649",
        "U8, 256",
        "U8, -1",
        "I8, 128",
        "I64, 0x1p63",
        "I64, -0x1.0000000000001p63",
        "U64, 0x1p64",
        "I32, NaN",
        "I32, Infinity"
    })
    void refusesANumberThatTheIntegerTypeLacks(DType to, double value) {
        DTypeConversion conversion = new DTypeConversion(Values.of(DType.F64, value), DType.F64, to);
        UnfitValueException refused = assertThrows(UnfitValueException.class, () -> Fixtures.bytes(conversion));
        assertEquals("the value " + value + " has no " + to, refused.getMessage());
        assertEquals("convert to floating point, or change the value", refused.help());
    }

    @ParameterizedTest
    @CsvSource({
        "I32, 2147483647.9, 2147483647",
        "I32, -2147483648.9, -2147483648",
        "U8, 255.9, 255",
        "U8, -0.9, 0",
        "I16, -1.5, -1",
        "I64, 0x1.fffffffffffffp62, 9223372036854774784",
        "I64, -0x1p63, -9223372036854775808",
        "U64, 0x1p63, 9223372036854775808",
        "U64, 0x1.fffffffffffffp63, 18446744073709549568"
    })
    void dropsWhatLiesBehindThePointUpToTheEndsOfTheRange(DType to, double value, BigInteger expected)
            throws IOException {
        byte[] bytes = Fixtures.bytes(new DTypeConversion(Values.of(DType.F64, value), DType.F64, to));
        byte[] exact = new byte[bytes.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = expected.shiftRight(8 * i).byteValue();
        }
        assertArrayEquals(exact, bytes);
    }

    /** Whoever goes on computing with them gets what would have been written. */
    @ParameterizedTest
    @CsvSource({
        "F64, F32, 0.1, 0.10000000149011612",
        "I32, F32, 16777217, 16777216",
        "F32, I32, 1.5, 1",
        "F32, BF16, 0.1, 0.10009765625",
        "F32, F64, 0.5, 0.5",
        "BOOL, F32, 7, 1"
    })
    void elementsAreConverted(DType from, DType to, double value, double expected) throws IOException {
        DTypeConversion conversion = new DTypeConversion(Values.of(from, 3, value), from, to);
        assertEquals(List.of(expected), ComputedTensorDataTest.elements(conversion, to, 1, 1, ByteBuffer.allocate(8)));
        ByteBuffer read = ByteBuffer.allocate(to.bits() / Byte.SIZE);
        conversion.read(to.bits() / Byte.SIZE, read);
        assertEquals(expected, Values.next(to, read.flip()));
    }

    @Test
    void refusesComplexPackedAndNarrowTargets() {
        assertFalse(DTypeConversion.isSupported(DType.C64, DType.F32));
        assertFalse(DTypeConversion.isSupported(DType.F32, DType.C128));
        assertFalse(DTypeConversion.isSupported(DType.F4, DType.F32));
        assertFalse(DTypeConversion.isSupported(DType.F32, DType.F8_E4M3));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new DTypeConversion(Values.of(DType.F32, 1), DType.F32, DType.C64));
        assertEquals(
                "no conversion from F32 to C64; allowed are BOOL, U8 to U64, I8 to I64, F16, BF16, F32 and F64, and from F8"
                        + " types",
                refused.getMessage());
    }

    @Test
    void convertsEmptyTensors() throws IOException {
        DTypeConversion conversion = new DTypeConversion(Values.of(DType.F32), DType.F32, DType.F16);
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
