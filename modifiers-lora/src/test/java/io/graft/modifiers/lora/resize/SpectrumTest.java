package io.graft.modifiers.lora.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SpectrumTest {
    @Test
    void wholeRankGivesTheProduct() {
        double[] b = numbers(5 * 3, 1);
        double[] a = numbers(3 * 7, 2);
        Spectrum spectrum = Spectrum.of(b, a, 3);
        assertArrayEquals(product(b, a, 3), product(spectrum.b(3), spectrum.a(3), 3), 1e-12);
        assertEquals(0, spectrum.values().lostAt(3));
    }

    @Test
    void columnsThatDependOnEachOtherAreNoHarm() {
        double[] b = {1, 2, 0, 2, 4, 0, 3, 6, 0};
        double[] a = {1, 0, 1, 0, 1, 0, 5, 5, 5};
        Spectrum spectrum = Spectrum.of(b, a, 3);
        assertEquals(1, spectrum.values().rankFor(1 - 1e-12));
        assertArrayEquals(product(b, a, 3), product(spectrum.b(1), spectrum.a(1), 1), 1e-12);
    }

    @Test
    void rankAboveTheDimensionsIsNoHarm() {
        double[] b = numbers(2 * 4, 3);
        double[] a = numbers(4 * 3, 4);
        Spectrum spectrum = Spectrum.of(b, a, 4);
        assertArrayEquals(product(b, a, 4), product(spectrum.b(2), spectrum.a(2), 2), 1e-12);
        assertArrayEquals(product(b, a, 4), product(spectrum.b(3), spectrum.a(3), 3), 1e-12);
        assertEquals(2, spectrum.values().rankFor(1));
    }

    @Test
    void lostIsTheNormOfTheRest() {
        // singular values 3, 2 and 1
        double[] b = {3, 0, 0, 0, 2, 0, 0, 0, 1};
        double[] a = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        Spectrum spectrum = Spectrum.of(b, a, 3);
        assertEquals(Math.sqrt(5 / 14.0), spectrum.values().lostAt(1), 1e-15);
        assertEquals(Math.sqrt(1 / 14.0), spectrum.values().lostAt(2), 1e-15);
        assertEquals(1, spectrum.values().rankFor(9 / 14.0 - 1e-9));
        assertEquals(2, spectrum.values().rankFor(9 / 14.0 + 1e-9));
        assertEquals(3, spectrum.values().rankFor(1));
    }

    @Test
    void whatIsNoNumberIsRefused() {
        assertEquals(
                "a factor holds NaN or infinity",
                assertThrows(
                                ArithmeticException.class,
                                () -> Spectrum.of(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {1, 2}, 1))
                        .getMessage());
    }

    private static double[] numbers(int count, long seed) {
        return new Random(seed).doubles(count, -1, 1).toArray();
    }

    private static double[] product(double[] b, double[] a, int rank) {
        int columns = a.length / rank;
        double[] product = new double[b.length / rank * columns];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < rank; k++) {
                product[i] += b[i / columns * rank + k] * a[k * columns + i % columns];
            }
        }
        return product;
    }
}
