package io.graft.djl.forward;

import io.graft.NamedTensor;
import io.graft.djl.forward.OutputComparison.Difference;
import io.graft.djl.forward.OutputComparison.Percentiles;
import io.graft.djl.forward.OutputComparison.Worst;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Compares the elements of one output. */
final class Differences {
    private static final int WINDOW = 1 << 20;

    private final NamedTensor actual;
    private final NamedTensor expected;
    private final double tolerance;
    private double maxAbsolute;
    private double maxRelative;
    private long differing;
    private Optional<Worst> worst = Optional.empty();

    Differences(NamedTensor actual, NamedTensor expected, double tolerance) {
        this.actual = actual;
        this.expected = expected;
        this.tolerance = tolerance;
    }

    Difference difference() throws IOException {
        if (!actual.shape().equals(expected.shape())) {
            maxAbsolute = Double.POSITIVE_INFINITY;
            maxRelative = Double.POSITIVE_INFINITY;
            differing = expected.shape().elementCount();
            return difference(Optional.empty());
        }
        // Outputs are in memory, so that there are as many as an array has.
        double[] distances = new double[Math.toIntExact(expected.shape().elementCount())];
        TensorData left = doubles(actual);
        TensorData right = doubles(expected);
        int index = 0;
        for (long offset = 0; offset < right.byteCount(); offset += WINDOW) {
            int length = (int) Math.min(WINDOW, right.byteCount() - offset);
            DoubleBuffer a = left.window(offset, length).asDoubleBuffer();
            DoubleBuffer e = right.window(offset, length).asDoubleBuffer();
            while (e.hasRemaining()) {
                distances[index] = element(index, a.get(), e.get());
                index++;
            }
        }
        return difference(percentiles(distances));
    }

    private double element(int index, double given, double wanted) {
        double absolute = distance(given, wanted);
        if (absolute > 0) {
            boolean finite = Double.isFinite(wanted);
            if (absolute > maxAbsolute) {
                maxAbsolute = absolute;
                worst = Optional.of(new Worst(expected.shape().place(index), given, wanted));
            }
            maxRelative = Math.max(maxRelative, finite ? absolute / Math.abs(wanted) : Double.POSITIVE_INFINITY);
            differing += finite && absolute <= tolerance * Math.max(1, Math.abs(wanted)) ? 0 : 1;
        }
        return absolute;
    }

    private Difference difference(Optional<Percentiles> percentiles) {
        return new Difference(
                expected.name(),
                actual.shape(),
                expected.shape(),
                maxAbsolute,
                maxRelative,
                differing,
                worst,
                percentiles);
    }

    private static Optional<Percentiles> percentiles(double[] distances) {
        if (distances.length == 0) {
            return Optional.empty();
        }
        Arrays.parallelSort(distances);
        return Optional.of(
                new Percentiles(at(distances, 0.5), at(distances, 0.9), at(distances, 0.99), at(distances, 0.999)));
    }

    private static double at(double[] sorted, double fraction) {
        return sorted[(int) Math.ceil(fraction * sorted.length) - 1];
    }

    private static double distance(double actual, double expected) {
        if (actual == expected || (Double.isNaN(actual) && Double.isNaN(expected))) {
            return 0;
        }
        double distance = Math.abs(actual - expected);
        return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
    }

    private static TensorData doubles(NamedTensor tensor) {
        return tensor.dtype() == DType.F64
                ? tensor.data()
                : new DTypeConversion(tensor.data(), tensor.dtype(), DType.F64);
    }
}
