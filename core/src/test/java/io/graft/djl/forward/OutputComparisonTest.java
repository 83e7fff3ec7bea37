package io.graft.djl.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.NamedTensor;
import io.graft.djl.forward.OutputComparison.Percentiles;
import io.graft.djl.forward.OutputComparison.Worst;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputComparisonTest {
    private static final double INFINITE = Double.POSITIVE_INFINITY;

    @Test
    void equalOutputsAgree() throws IOException {
        OutputComparison comparison = compare(doubles("0", 1, -2, 0), doubles("0", 1, -2, 0));
        assertTrue(comparison.agrees());
        assertDifference(0, 0, 0, comparison);
    }

    @Test
    void theLargestDifferencesAreTold() throws IOException {
        OutputComparison comparison = compare(doubles("0", 1.5, -20, 8), doubles("0", 1, -10, 8));
        assertFalse(comparison.agrees());
        assertDifference(10, 1, 2, comparison);
    }

    @Test
    void theToleranceIsAbsoluteUpToOneAndRelativeAbove() throws IOException {
        assertTrue(compare(doubles("0", 0.9e-5), doubles("0", 0)).agrees());
        assertFalse(compare(doubles("0", 1.1e-5), doubles("0", 0)).agrees());
        assertTrue(compare(doubles("0", 1000.009), doubles("0", 1000)).agrees());
        assertFalse(compare(doubles("0", 1000.011), doubles("0", 1000)).agrees());
    }

    @Test
    void aDifferenceFromZeroIsRelativelyInfinite() throws IOException {
        assertDifference(0.5, INFINITE, 1, compare(doubles("0", 0.5), doubles("0", 0)));
    }

    @Test
    void notANumberAgreesWithItselfOnly() throws IOException {
        assertTrue(compare(doubles("0", Double.NaN), doubles("0", Double.NaN)).agrees());
        assertDifference(INFINITE, INFINITE, 1, compare(doubles("0", Double.NaN), doubles("0", 1)));
        assertDifference(INFINITE, INFINITE, 1, compare(doubles("0", 1), doubles("0", Double.NaN)));
    }

    @Test
    void infinitiesAgreeWithThemselvesOnly() throws IOException {
        assertTrue(compare(doubles("0", INFINITE), doubles("0", INFINITE)).agrees());
        assertDifference(INFINITE, INFINITE, 1, compare(doubles("0", 1), doubles("0", INFINITE)));
        assertDifference(INFINITE, INFINITE, 1, compare(doubles("0", -INFINITE), doubles("0", INFINITE)));
        assertDifference(INFINITE, INFINITE, 1, compare(doubles("0", INFINITE), doubles("0", 1)));
    }

    @Test
    void otherShapesAreNotCompared() throws IOException {
        OutputComparison comparison = compare(doubles("0", 1, 2), doubles("0", 1, 2, 3));
        assertFalse(comparison.agrees());
        assertDifference(INFINITE, INFINITE, 3, comparison);
    }

    @Test
    void outputsWithoutElementsAgree() throws IOException {
        assertTrue(compare(doubles("0"), doubles("0")).agrees());
    }

    @Test
    void missingAndExtraOutputsAreNamed() throws IOException {
        OutputComparison comparison = OutputComparison.of(
                List.of(doubles("0", 1), doubles("2", 1)), List.of(doubles("0", 1), doubles("1", 1)), 1e-5);
        assertFalse(comparison.agrees());
        assertEquals(List.of("1"), comparison.missing());
        assertEquals(List.of("2"), comparison.extra());
        assertEquals(1, comparison.outputs().size());
    }

    @Test
    void numbersOfDifferentTypesAreCompared() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1).putFloat(2).flip();
        NamedTensor floats = new NamedTensor("0", DType.F32, Shape.of(2), TensorData.of(bytes));
        assertTrue(compare(floats, doubles("0", 1, 2)).agrees());
        assertFalse(compare(doubles("0", 1, 3), floats).agrees());
    }

    @Test
    void everyElementOfALargeOutputIsCompared() throws IOException {
        double[] values = new double[300_000];
        double[] others = values.clone();
        others[200_000] = 3;
        assertDifference(3, INFINITE, 1, compare(doubles("0", others), doubles("0", values)));
    }

    @Test
    void theWorstPlaceIsTheFirstOfTheLargestDifference() throws IOException {
        NamedTensor zeros = shaped(doubles("0", new double[6]), 2, 3);
        OutputComparison comparison = compare(shaped(doubles("0", 0, 1, 0, 0, 0, -1), 2, 3), zeros);
        assertEquals(
                Optional.of(new Worst(List.of(0L, 1L), 1, 0)),
                comparison.outputs().get(0).worst());
        comparison = compare(shaped(doubles("0", 0, 1, 0, 0, 0, -2), 2, 3), zeros);
        assertEquals(
                Optional.of(new Worst(List.of(1L, 2L), -2, 0)),
                comparison.outputs().get(0).worst());
        assertEquals(Optional.empty(), compare(zeros, zeros).outputs().get(0).worst());
    }

    @Test
    void percentilesAreDifferencesThatOccur() throws IOException {
        double[] values = new double[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 2 == 0 ? i + 1 : -i - 1;
        }
        OutputComparison comparison = compare(doubles("0", values), doubles("0", new double[1000]));
        assertEquals(
                Optional.of(new Percentiles(500, 900, 990, 999)),
                comparison.outputs().get(0).percentiles());
        comparison = compare(doubles("0", 3), doubles("0", 1));
        assertEquals(
                Optional.of(new Percentiles(2, 2, 2, 2)),
                comparison.outputs().get(0).percentiles());
        assertEquals(
                Optional.empty(),
                compare(doubles("0"), doubles("0")).outputs().get(0).percentiles());
        assertEquals(
                Optional.empty(),
                compare(doubles("0", 1), doubles("0", 1, 2)).outputs().get(0).percentiles());
    }

    @Test
    void expectedOutputsMayBeNamedByTheirPositions() throws IOException {
        List<NamedTensor> named = List.of(doubles("states", 1), doubles("pooled", 2));
        assertTrue(OutputComparison.of(named, List.of(doubles("1", 2), doubles("0", 1)), 1e-5)
                .agrees());
        assertTrue(OutputComparison.of(named, List.of(doubles("pooled", 2), doubles("0", 1)), 1e-5)
                .agrees());
        OutputComparison one = OutputComparison.of(named, List.of(doubles("0", 1), doubles("2", 1)), 1e-5);
        assertEquals(List.of("2"), one.missing());
        assertEquals(List.of("pooled"), one.extra());
    }

    private static NamedTensor shaped(NamedTensor tensor, long... shape) {
        return new NamedTensor(tensor.name(), tensor.dtype(), Shape.of(shape), tensor.data());
    }

    private static OutputComparison compare(NamedTensor actual, NamedTensor expected) throws IOException {
        return OutputComparison.of(List.of(actual), List.of(expected), 1e-5);
    }

    private static void assertDifference(
            double absolute, double relative, long differing, OutputComparison comparison) {
        OutputComparison.Difference difference = comparison.outputs().get(0);
        assertEquals(absolute, difference.maxAbsolute());
        assertEquals(relative, difference.maxRelative());
        assertEquals(differing, difference.differing());
        assertEquals(absolute == 0, difference.agrees());
    }

    private static NamedTensor doubles(String name, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return new NamedTensor(name, DType.F64, Shape.of(values.length), TensorData.of(bytes));
    }
}
