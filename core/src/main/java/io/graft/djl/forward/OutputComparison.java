package io.graft.djl.forward;

import io.graft.NamedTensor;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
    private static final Pattern POSITION = Pattern.compile("\\d+");

    public OutputComparison {
        outputs = List.copyOf(outputs);
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
    }

    /**
     * The differences of one output. If the shapes differ, no element is compared and both maxima are infinite.
     *
     * @param name the expected one's
     * @param maxAbsolute largest {@code |actual - expected|}; infinite where only one of them is NaN, or where they are different
     *     infinities; equal infinities, and NaN on both sides, are no difference
     * @param maxRelative largest absolute difference divided by {@code |expected|}; infinite where something differs from 0
     * @param differing number of elements out of tolerance
     * @param worst the first element with the largest absolute difference; empty if there is none
     * @param percentiles of the absolute differences; empty if no element is compared
     */
    public record Difference(
            String name,
            Shape actual,
            Shape expected,
            double maxAbsolute,
            double maxRelative,
            long differing,
            Optional<Worst> worst,
            Optional<Percentiles> percentiles) {
        /** Whether the output is as expected. */
        public boolean agrees() {
            return actual.equals(expected) && differing == 0;
        }
    }

    /**
     * An element.
     *
     * @param place its index along each axis
     */
    public record Worst(List<Long> place, double actual, double expected) {
        public Worst {
            place = List.copyOf(place);
        }
    }

    /** The least absolute difference that half, 90 %, 99 % and 99.9 % of the elements do not exceed. */
    public record Percentiles(double p50, double p90, double p99, double p999) {}

    /**
     * Compares outputs by name, as numbers: dtypes may differ. An expected one whose name is a number, from 0, is meant by its position
     * where the outputs have names of another kind.
     *
     * @throws IllegalArgumentException if values are complex or packed below 8 bits
     * @throws IOException if values cannot be read
     */
    public static OutputComparison of(List<NamedTensor> actual, List<NamedTensor> expected, double tolerance)
            throws IOException {
        Set<NamedTensor> extra = new LinkedHashSet<>(actual);
        List<Difference> outputs = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (NamedTensor tensor : expected) {
            Optional<NamedTensor> counterpart = find(actual, tensor.name());
            if (counterpart.isEmpty()) {
                missing.add(tensor.name());
            } else {
                extra.remove(counterpart.get());
                outputs.add(new Differences(counterpart.get(), tensor, tolerance).difference());
            }
        }
        return new OutputComparison(
                outputs, missing, extra.stream().map(NamedTensor::name).toList(), tolerance);
    }

    private static Optional<NamedTensor> find(List<NamedTensor> outputs, String name) {
        return outputs.stream()
                .filter(output -> output.name().equals(name))
                .findFirst()
                .or(() -> IntStream.range(0, outputs.size())
                        .filter(position -> String.valueOf(position).equals(name))
                        .mapToObj(outputs::get)
                        .filter(output -> !POSITION.matcher(output.name()).matches())
                        .findFirst());
    }

    /** Whether every output is there, expected, and within the tolerance. */
    public boolean agrees() {
        return missing.isEmpty() && extra.isEmpty() && outputs.stream().allMatch(Difference::agrees);
    }
}
