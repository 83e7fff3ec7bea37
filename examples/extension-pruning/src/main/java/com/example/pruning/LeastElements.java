package com.example.pruning;

import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.util.List;

/**
 * The elements of least magnitude in some tensors. Nothing is read until they are asked for: plans are made from headers only. Then
 * the tensors are read window by window, so that they need not fit into memory: once for each 16 bits of the magnitude that parts
 * the least from the others, which is found digit by digit, and of the place of its last tie.
 */
final class LeastElements {
    private static final int DIGIT = 16;

    private final List<LazyTensor> tensors;
    private final long count;
    private Cut cut;

    /**
     * Where the least elements end.
     *
     * @param magnitude the greatest among them, as a whole number of the same order
     * @param lastTie the last place at which an element of this very magnitude is one of them
     */
    record Cut(long magnitude, long lastTie) {
        boolean includes(long place, double element) {
            long other = magnitudeOf(element);
            return other < magnitude || (other == magnitude && place <= lastTie);
        }
    }

    /** A number that elements are ordered by; negative for one that does not count. */
    private interface Key {
        long of(long place, double element);
    }

    /**
     * @param tensors their elements have places, counted on from one tensor to the next
     * @param count at least one, at most all
     */
    LeastElements(List<LazyTensor> tensors, long count) {
        this.tensors = List.copyOf(tensors);
        this.count = count;
    }

    /** The tensors that the elements are looked for in. */
    List<LazyTensor> tensors() {
        return tensors;
    }

    /** Reads the tensors when it is called first. */
    synchronized Cut cut() throws IOException {
        if (cut == null) {
            long[] rank = {count};
            long magnitude = find((place, element) -> magnitudeOf(element), Long.SIZE, rank);
            long places = tensors.stream()
                    .mapToLong(tensor -> tensor.shape().elementCount())
                    .sum();
            long lastTie = find(
                    (place, element) -> magnitudeOf(element) == magnitude ? place : -1,
                    Long.SIZE - Long.numberOfLeadingZeros(places),
                    rank);
            cut = new Cut(magnitude, lastTie);
        }
        return cut;
    }

    /** NaN is the greatest, as in {@code torch.topk}. */
    private static long magnitudeOf(double element) {
        return Double.doubleToLongBits(Math.abs(element));
    }

    /**
     * The key of the element that has a rank.
     *
     * @param bits that keys have
     * @param rank from 1; becomes that among the elements of this very key
     */
    private long find(Key key, int bits, long[] rank) throws IOException {
        long begin = 0;
        for (int shift = (bits - 1) / DIGIT * DIGIT; shift >= 0; shift -= DIGIT) {
            long[] histogram = LazyTensors.reduce(tensors, new Histogram(key, begin, shift));
            int digit = 0;
            while (histogram[digit] < rank[0]) {
                rank[0] -= histogram[digit];
                digit++;
            }
            begin = begin << DIGIT | digit;
        }
        return begin;
    }

    /** How often each digit comes next, in the keys that begin with these digits. */
    private record Histogram(Key key, long begin, int shift) implements LazyTensors.Reduction<long[]> {
        @Override
        public long[] start() {
            return new long[1 << DIGIT];
        }

        @Override
        public long[] add(long[] histogram, long first, ElementBlock block, int count) {
            double[] elements = block.doubles();
            for (int i = 0; i < count; i++) {
                long digits = key.of(first + i, elements[i]) >> shift;
                if (digits >> DIGIT == begin) {
                    histogram[(int) (digits & ((1 << DIGIT) - 1))]++;
                }
            }
            return histogram;
        }

        @Override
        public long[] merge(long[] before, long[] after) {
            for (int digit = 0; digit < before.length; digit++) {
                before[digit] += after[digit];
            }
            return before;
        }
    }
}
