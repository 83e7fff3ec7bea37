package io.graft.modifiers.quantization.scheme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SquareSumsTest {
    private static final int COUNT = 1500;

    /** Squares of 32 bits overflow, or are below the smallest number, at both ends. */
    @ParameterizedTest
    @ValueSource(ints = {-100, -60, -20, 0, 20, 60, 100})
    void theyAreThoseOf64Bits(int exponent) {
        float size = Math.scalb(1f, exponent);
        Random random = new Random(3);
        float[] values = new float[COUNT];
        float[] restored = new float[COUNT];
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < COUNT; i++) {
            values[i] = (float) random.nextGaussian() * size;
            restored[i] = values[i] + (float) random.nextGaussian() * size / 4;
            double difference = (double) values[i] - restored[i];
            squares += (double) values[i] * values[i];
            differences += difference * difference;
        }
        SquareSums sums = new SquareSums();
        assertEquals(squares, sums.of(values, COUNT), 1e-6 * squares);
        assertEquals(differences, sums.ofDifferences(values, restored, COUNT), 1e-6 * differences);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 1024})
    void allThatCountAreInThem(int count) {
        float[] values = new float[COUNT];
        float[] restored = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = 3;
            restored[i] = 1;
        }
        SquareSums sums = new SquareSums();
        assertEquals(9 * count, sums.of(values, count));
        assertEquals(4 * count, sums.ofDifferences(values, restored, count));
    }
}
