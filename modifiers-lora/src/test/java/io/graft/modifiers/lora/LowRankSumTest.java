package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sum against the three loops of its definition; whole numbers, so that no order of additions may show. */
class LowRankSumTest {
    private static final int ROWS = 5;
    private static final int COLUMNS = 7;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 20, 23})
    void everyTermOfEveryRankIsAddedOnce(int rank) throws IOException {
        assertArrayEquals(expected(rank), read(sum(rank), 0, ROWS * COLUMNS));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "3, 9", "6, 2", "7, 7", "20, 15", "34, 1"})
    void anyPartOfItIsTheSame(int first, int count) throws IOException {
        float[] whole = expected(13);
        float[] part = new float[count];
        System.arraycopy(whole, first, part, 0, count);
        assertArrayEquals(part, read(sum(13), first, count));
    }

    private static float[] read(LowRankSum sum, int first, int count) throws IOException {
        TensorData sums = TensorData.computed(TensorData.of(ByteBuffer.allocate(0)), DType.F32, ROWS * COLUMNS, sum);
        float[] values = new float[count];
        sums.window((long) first * Float.BYTES, count * Float.BYTES)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static LowRankSum sum(int rank) {
        return new LowRankSum(
                TensorData.of(bytes(numbers(ROWS * COLUMNS, 101))),
                DType.F32,
                numbers(ROWS * rank, 13),
                numbers(rank * COLUMNS, 17),
                COLUMNS,
                3);
    }

    private static float[] expected(int rank) {
        float[] sum = numbers(ROWS * COLUMNS, 101);
        float[] left = numbers(ROWS * rank, 13);
        float[] right = numbers(rank * COLUMNS, 17);
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                for (int k = 0; k < rank; k++) {
                    sum[row * COLUMNS + column] += 3 * left[row * rank + k] * right[k * COLUMNS + column];
                }
            }
        }
        return sum;
    }

    /** No two rows or columns alike, none of them 0. */
    private static float[] numbers(int count, int modulus) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (5 * i + i / 3) % modulus + 1;
        }
        return numbers;
    }

    private static ByteBuffer bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }
}
