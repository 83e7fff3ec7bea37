package io.graft.modifiers.quantization.scheme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops that are cut up for vector instructions, beside what they compute said plainly. */
class VectorLoopsTest {
    private static final int MANY = 100_000;

    private static int nearest(Nibbles alphabet, float number) {
        float[] sorted = sorted(alphabet);
        int rank = 0;
        while (rank < sorted.length - 1 && number > (sorted[rank] + sorted[rank + 1]) / 2) {
            rank++;
        }
        return rank;
    }

    private static float[] sorted(Nibbles alphabet) {
        float[] sorted = alphabet.numbers();
        Arrays.sort(sorted);
        return sorted;
    }

    /** With what lies beside each bound on both sides, and zeros of both signs. */
    @ParameterizedTest
    @EnumSource
    void ranksAreThoseOfTheNearestNumber(Nibbles alphabet) {
        float[] sorted = sorted(alphabet);
        float[] numbers = new float[MANY];
        Random random = new Random(3);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat() * 2 - 1;
        }
        for (int i = 0; i < sorted.length - 1; i++) {
            float bound = (sorted[i] + sorted[i + 1]) / 2;
            numbers[4 * i] = bound;
            numbers[4 * i + 1] = Math.nextUp(bound);
            numbers[4 * i + 2] = Math.nextDown(bound);
            numbers[4 * i + 3] = sorted[i];
        }
        System.arraycopy(
                new float[] {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1, -1, 1.0000002f}, 0, numbers, 90, 7);
        int[] expected = new int[MANY];
        int[] bits = new int[MANY];
        for (int i = 0; i < numbers.length; i++) {
            expected[i] = nearest(alphabet, numbers[i]);
            bits[i] = Float.floatToRawIntBits(numbers[i]);
        }
        int[] ranks = new int[MANY];
        alphabet.rank(bits, ranks, MANY);
        assertArrayEquals(expected, ranks);
        assertEquals(nearest(alphabet, 0), sortedPlace(alphabet, alphabet.zero()));
    }

    private static int sortedPlace(Nibbles alphabet, int code) {
        for (int rank = 0; rank < 16; rank++) {
            if (alphabet.code(rank) == code) {
                return rank;
            }
        }
        throw new AssertionError(code);
    }

    /** Halves half way between two, below the smallest normal one, and zeros among them. */
    @Test
    void rowsAreRoundedToHalvesFirst() throws IOException {
        int columns = 1000;
        Random random = new Random(4);
        double[] values = new double[2 * columns];
        for (int i = 0; i < values.length; i++) {
            int half = random.nextInt(i < columns ? 0x7bff : 0x0c00);
            float number = Float16.toFloat((short) half);
            float next = Float16.toFloat((short) (half + 1));
            float value = i % 3 == 0 ? (number + next) / 2 : number + (next - number) * random.nextFloat();
            values[i] = i % 100 == 7 ? 0 : i % 2 == 0 ? value : -value;
        }
        LazyTensor weight =
                LazyTensors.generate("halves", DType.F32, Shape.of(2, columns), place -> values[(int) place]);
        QuantizedWeight quantized =
                new QuantizedWeight("weight", weight, new Int8Rows(), DType.F32, Double.POSITIVE_INFINITY);
        byte[] codes = new byte[values.length];
        quantized
                .codes(DType.I8, weight.shape(), Packing.single())
                .materialize()
                .window(0, codes.length)
                .get(codes);
        byte[] expected = new byte[values.length];
        for (int row = 0; row < 2; row++) {
            float scale = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                scale = Math.max(scale, Math.abs(half(values[i])));
            }
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                expected[i] = (byte) Math.rint(half(values[i]) * (1 / scale * 127));
            }
        }
        assertArrayEquals(expected, codes);
    }

    private static float half(double value) {
        return Float16.toFloat(Float16.fromFloat((float) value));
    }
}
