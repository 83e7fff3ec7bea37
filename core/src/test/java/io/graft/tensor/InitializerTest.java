package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
    private static final Shape WEIGHT = Shape.of(200, 50, 3, 3);

    @ParameterizedTest
    @CsvSource({"zeros, 0", "ones, 1", "constant(-0.5), -0.5"})
    void constantsAreWhatTheySay(String text, float value) throws IOException {
        assertArrayEquals(
                new float[] {value, value},
                LazyTensors.floats(Initializer.parse(text).tensor(0, "a", DType.F32, Shape.of(2), Shape.of(2))));
    }

    /** The bounds of torch.nn.init with fans of 450 and 1,800; that of Linear is kaiming_uniform_ with a = sqrt(5). */
    @ParameterizedTest
    @CsvSource({
        "uniform(0.25), 0.25",
        "linear, 0.0471404520791",
        "kaiming-uniform, 0.115470053838",
        "xavier-uniform, 0.0516397779494"
    })
    void uniformOnesFillTheirBounds(String text, double bound) throws IOException {
        float[] values = values(text, 1, "w");
        double largest = 0;
        double sum = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
            sum += value;
        }
        assertTrue(largest <= bound * 1.0000001 && largest > bound * 0.999, () -> text);
        assertEquals(0, sum / values.length / bound, 0.01);
        assertEquals(bound / Math.sqrt(3), deviation(values), bound * 0.01);
    }

    @ParameterizedTest
    @CsvSource({"normal(0.02), 0.02", "kaiming-normal, 0.0666666666667", "xavier-normal, 0.0298142396999"})
    void normalOnesHaveTheirDeviation(String text, double deviation) throws IOException {
        float[] values = values(text, 1, "w");
        assertEquals(deviation, deviation(values), deviation * 0.01);
        long within = 0;
        for (float value : values) {
            within += Math.abs(value) < deviation ? 1 : 0;
        }
        assertEquals(0.6827, (double) within / values.length, 0.01);
    }

    @Test
    void theBiasOfALinearIsBoundedByTheFanInOfItsWeight() throws IOException {
        float[] bias = LazyTensors.floats(
                Initializer.parse("linear").tensor(1, "bias", DType.F32, Shape.of(10_000), Shape.of(10_000, 4)));
        double largest = 0;
        for (float value : bias) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertEquals(0.5, largest, 0.001);
    }

    @Test
    void valuesFollowFromSeedAndNameAndNothingElse() throws IOException {
        float[] one = values("normal(1)", 7, "decoder.weight");
        assertArrayEquals(one, values("normal(1)", 7, "decoder.weight"));
        assertFalse(Arrays.equals(one, values("normal(1)", 8, "decoder.weight")));
        assertFalse(Arrays.equals(one, values("normal(1)", 7, "decoder.bias")));
        LazyTensor rows = Initializer.parse("normal(1)").tensor(7, "decoder.weight", DType.F32, Shape.of(4), WEIGHT);
        assertArrayEquals(Arrays.copyOf(one, 4), LazyTensors.floats(rows), "by place");
    }

    /** The first values of seed 0 and `weight`, which later versions give too. */
    @Test
    void valuesStayTheSameFromVersionToVersion() throws IOException {
        float[] uniform = LazyTensors.floats(
                Initializer.parse("uniform(1)").tensor(0, "weight", DType.F32, Shape.of(2), Shape.of(2)));
        assertArrayEquals(new float[] {-0.38000607f, 0.2107759f}, uniform);
    }

    @Test
    void aReportTellsTheRuleAndTheSeedOfRandomOnes() {
        assertEquals(
                new Provenance.Computed("normal(0.02), seed 7", java.util.List.of()),
                Initializer.parse("normal(0.02)")
                        .tensor(7, "w", DType.BF16, WEIGHT, WEIGHT)
                        .provenance());
        assertEquals(
                new Provenance.Computed("zeros", java.util.List.of()),
                Initializer.parse("zeros")
                        .tensor(7, "w", DType.I64, WEIGHT, WEIGHT)
                        .provenance());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zeros(1) | `zeros(1)` takes no number",
                "normal | `normal` needs a number: `normal(0.02)`",
                "normal(x) | `x` in `normal(x)` is no number",
                "normal(-1) | `normal` cannot take -1.0",
                "uniform(Infinity) | `uniform` cannot take Infinity",
                "kaiming_uniform | `kaiming_uniform` is no initializer: zeros, ones, constant(NUMBER), normal(NUMBER), uniform(NUMBER), linear,"
                        + " kaiming-uniform, kaiming-normal, xavier-uniform, xavier-normal are"
            })
    void whatIsNoneIsRefused(String text, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Initializer.parse(text))
                        .getMessage());
    }

    @Test
    void fansNeedTwoAxes() {
        assertEquals(
                "`xavier-uniform` counts what goes in and out, and `norm.weight` has shape [4]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Initializer.parse("xavier-uniform")
                                        .tensor(0, "norm.weight", DType.F32, Shape.of(4), Shape.of(4)))
                        .getMessage());
    }

    private static float[] values(String text, long seed, String name) throws IOException {
        return LazyTensors.floats(Initializer.parse(text).tensor(seed, name, DType.F32, WEIGHT, WEIGHT));
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / values.length);
    }
}
