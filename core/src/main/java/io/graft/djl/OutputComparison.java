package io.graft.djl;

import io.graft.NamedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a model's outputs are from the expected ones.
 *
 * @param outputs outputs that are in both, in the order of the expected ones
 * @param missing names that are expected and were not given
 * @param extra names that were given and are not expected
 * @param tolerance largest allowed difference: absolute for expected values up to 1, relative above, that is
 *     {@code |actual - expected| <= tolerance * max(1, |expected|)}
 */
public record OutputComparison(List<Difference> outputs, List<String> missing, List<String> extra, double tolerance) {
    private static final int WINDOW = 1 << 20;

    public OutputComparison {
        outputs = List.copyOf(outputs);
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
    }

    /**
     * The differences of one output. If the shapes differ, no element is compared and both maxima are infinite.
     *
     * @param maxAbsolute largest {@code |actual - expected|}; infinite where only one of them is NaN, or where they are different
     *     infinities; equal infinities, and NaN on both sides, are no difference
     * @param maxRelative largest absolute difference divided by {@code |expected|}; infinite where something differs from 0
     * @param differing number of elements out of tolerance
     */
    public record Difference(
            String name, Shape actual, Shape expected, double maxAbsolute, double maxRelative, long differing) {
        /** Whether the output is as expected. */
        public boolean agrees() {
            return actual.equals(expected) && differing == 0;
        }
    }

    /**
     * Compares outputs by name, as numbers: dtypes may differ.
     *
     * @throws IllegalArgumentException if values are complex or packed below 8 bits
     * @throws IOException if values cannot be read
     */
    public static OutputComparison of(List<NamedTensor> actual, List<NamedTensor> expected, double tolerance)
            throws IOException {
        Map<String, NamedTensor> given = new LinkedHashMap<>();
        actual.forEach(tensor -> given.put(tensor.name(), tensor));
        List<Difference> outputs = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (NamedTensor tensor : expected) {
            NamedTensor counterpart = given.remove(tensor.name());
            if (counterpart == null) {
                missing.add(tensor.name());
            } else {
                outputs.add(difference(counterpart, tensor, tolerance));
            }
        }
        return new OutputComparison(outputs, missing, List.copyOf(given.keySet()), tolerance);
    }

    /** Whether every output is there, expected, and within the tolerance. */
    public boolean agrees() {
        return missing.isEmpty() && extra.isEmpty() && outputs.stream().allMatch(Difference::agrees);
    }

    private static Difference difference(NamedTensor actual, NamedTensor expected, double tolerance)
            throws IOException {
        if (!actual.shape().equals(expected.shape())) {
            return new Difference(
                    expected.name(),
                    actual.shape(),
                    expected.shape(),
                    Double.POSITIVE_INFINITY,
                    Double.POSITIVE_INFINITY,
                    expected.shape().elementCount());
        }
        TensorData left = doubles(actual);
        TensorData right = doubles(expected);
        double maxAbsolute = 0;
        double maxRelative = 0;
        long differing = 0;
        for (long offset = 0; offset < right.byteCount(); offset += WINDOW) {
            int length = (int) Math.min(WINDOW, right.byteCount() - offset);
            DoubleBuffer a = left.window(offset, length).asDoubleBuffer();
            DoubleBuffer e = right.window(offset, length).asDoubleBuffer();
            while (e.hasRemaining()) {
                double wanted = e.get();
                double absolute = distance(a.get(), wanted);
                if (absolute > 0) {
                    boolean finite = Double.isFinite(wanted);
                    double relative = finite ? absolute / Math.abs(wanted) : Double.POSITIVE_INFINITY;
                    maxAbsolute = Math.max(maxAbsolute, absolute);
                    maxRelative = Math.max(maxRelative, relative);
                    differing += finite && absolute <= tolerance * Math.max(1, Math.abs(wanted)) ? 0 : 1;
                }
            }
        }
        return new Difference(expected.name(), actual.shape(), expected.shape(), maxAbsolute, maxRelative, differing);
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
