package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.TensorEntry;
import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that are larger than what is held: codes are looked at where they lie in the file, and turned. */
class LargeWeightsTest {
    private static final int IN = 2048;
    private static final int OUT = 1024;
    private static final int GROUP = 128;
    private static final int[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(1);

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Small numbers of binary16, whose product with a difference of codes is exact in 32 bits. */
    private byte[] halves(int count) {
        ByteBuffer halves = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        while (halves.hasRemaining()) {
            halves.putShort((short) (0x2c00 + random.nextInt(0x400)));
        }
        return halves.array();
    }

    private static ByteBuffer little(byte... bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float half(ByteBuffer halves, int at) {
        return Float16.toFloat(halves.getShort(2 * at));
    }

    private static int nibble(ByteBuffer words, int word, int at) {
        return (words.getInt(4 * word) >>> (4 * at)) & 15;
    }

    /** What an element is in 32 bits. */
    @FunctionalInterface
    private interface Formula {
        float at(int row, int column);
    }

    /** Within half a step of binary16 or of bfloat16, which no wrong code is. */
    private static void assertValues(TensorEntry entry, double step, Formula formula) throws IOException {
        int columns = (int) entry.shape().dimension(entry.shape().rank() - 1);
        int rows = (int) (entry.shape().elementCount() / columns);
        ByteBuffer values = entry.data().window(0, (int) entry.data().byteCount());
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int at = row * columns + column;
                float found = entry.dtype() == DType.F16
                        ? half(values, at)
                        : Float.intBitsToFloat(values.getShort(2 * at) << 16);
                float expected = formula.at(row, column);
                if (Math.abs(found - expected) > step * Math.abs(expected)) {
                    assertEquals(expected, found, String.format(Locale.ROOT, "at [%d, %d]", row, column));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gptq(boolean isInAnyOrder) throws IOException {
        byte[] codesStored = bytes(IN / 8 * OUT * 4);
        ByteBuffer codes = little(codesStored);
        byte[] zerosStored = bytes(IN / GROUP * OUT / 8 * 4);
        ByteBuffer zeros = little(zerosStored);
        byte[] scalesStored = halves(IN / GROUP * OUT);
        ByteBuffer scales = little(scalesStored);
        byte[] indexStored = new byte[4 * IN];
        ByteBuffer index = little(indexStored);
        for (int column = 0; column < IN; column++) {
            index.putInt(4 * column, isInAnyOrder ? (column * 7 + 3) % (IN / GROUP) : column / GROUP);
        }
        TensorEntry weight = QuantizedModel.empty()
                .put("a.qweight", DType.I32, Shape.of(IN / 8, OUT), codesStored)
                .put("a.qzeros", DType.I32, Shape.of(IN / GROUP, OUT / 8), zerosStored)
                .put("a.scales", DType.F16, Shape.of(IN / GROUP, OUT), scalesStored)
                .put("a.g_idx", DType.I32, Shape.of(IN), indexStored)
                .open(folder)
                .tensors()
                .get("a.weight");
        assertEquals(Shape.of(OUT, IN), weight.shape());
        assertValues(weight, 0x1p-11, (row, column) -> {
            int group = index.getInt(4 * column);
            int zero = (nibble(zeros, group * (OUT / 8) + row / 8, row % 8) + 1) & 15;
            return half(scales, group * OUT + row) * (nibble(codes, column / 8 * OUT + row, column % 8) - zero);
        });
    }

    @Test
    void awq() throws IOException {
        byte[] codesStored = bytes(IN * OUT / 8 * 4);
        ByteBuffer codes = little(codesStored);
        byte[] zerosStored = bytes(IN / GROUP * OUT / 8 * 4);
        ByteBuffer zeros = little(zerosStored);
        byte[] scalesStored = halves(IN / GROUP * OUT);
        ByteBuffer scales = little(scalesStored);
        int[] place = new int[8];
        for (int i = 0; i < 8; i++) {
            place[ORDER[i]] = i;
        }
        assertValues(
                QuantizedModel.empty()
                        .put("a.qweight", DType.I32, Shape.of(IN, OUT / 8), codesStored)
                        .put("a.qzeros", DType.I32, Shape.of(IN / GROUP, OUT / 8), zerosStored)
                        .put("a.scales", DType.F16, Shape.of(IN / GROUP, OUT), scalesStored)
                        .open(folder)
                        .tensors()
                        .get("a.weight"),
                0x1p-11,
                (row, column) -> {
                    int group = column / GROUP;
                    int code = nibble(codes, column * (OUT / 8) + row / 8, place[row % 8]);
                    return half(scales, group * OUT + row)
                            * (code - nibble(zeros, group * (OUT / 8) + row / 8, place[row % 8]));
                });
    }

    @Test
    void expertsOfMxfp4() throws IOException {
        int experts = 2;
        int out = 512;
        int in = 1024;
        float[] numbers = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
        byte[] codesStored = bytes(experts * out * in / 2);
        ByteBuffer codes = little(codesStored);
        byte[] exponents = bytes(experts * out * in / 32);
        for (int i = 0; i < exponents.length; i++) {
            exponents[i] = (byte) (120 + (exponents[i] & 7));
        }
        assertValues(
                QuantizedModel.empty()
                        .put("a_blocks", DType.U8, Shape.of(experts, out, in / 32, 16), codesStored)
                        .put("a_scales", DType.U8, Shape.of(experts, out, in / 32), exponents)
                        .open(folder)
                        .tensors()
                        .get("a"),
                0,
                (row, column) -> {
                    int element = (row / in * out + column) * in + row % in;
                    int code = (codes.get(element / 2) >>> (element % 2 * 4)) & 15;
                    float number = numbers[code & 7] * (code < 8 ? 1 : -1);
                    return Math.scalb(number, exponents[element / 32] - 127);
                });
    }
}
