package com.example.pruning;

import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.util.List;

/**
 * The elements of least magnitude in some tensors. Nothing is read until they are asked for: plans are made from headers only. Then
 * the tensors are read window by window, so that they need not fit into memory: once for each 16 bits of the magnitude that parts
 * the least from the others, which is found digit by digit, and once for its ties.
 */
final class LeastElements {
    private static final int DIGIT = 16;

    private final List<LazyTensor> tensors;
    private final long count;
    private Cut cut;

    /**
     * Where the least elements end.
     *
     * @param magnitude the greatest among them
     * @param lastTie the last position at which an element of this very magnitude is one of them
     */
    record Cut(long magnitude, long lastTie) {
        boolean includes(long position, long other) {
            return other < magnitude || (other == magnitude && position <= lastTie);
        }
    }

    /**
     * @param tensors their elements have positions, counted on from one tensor to the next
     * @param count at least one, at most all
     */
    LeastElements(List<LazyTensor> tensors, long count) {
        this.tensors = List.copyOf(tensors);
        this.count = count;
    }

    /** Reads the tensors when it is called first. */
    synchronized Cut cut() throws IOException {
        if (cut == null) {
            cut = find();
        }
        return cut;
    }

    private Cut find() throws IOException {
        long magnitude = 0;
        long rank = count;
        for (int shift = Long.SIZE - DIGIT; shift >= 0; shift -= DIGIT) {
            long[] histogram = histogram(magnitude, shift);
            int digit = 0;
            while (histogram[digit] < rank) {
                rank -= histogram[digit];
                digit++;
            }
            magnitude = magnitude << DIGIT | digit;
        }
        return new Cut(magnitude, positionOf(magnitude, rank));
    }

    /** How often each digit comes next, in the magnitudes that begin with these digits. */
    private long[] histogram(long begin, int shift) throws IOException {
        long[] histogram = new long[1 << DIGIT];
        visit((position, magnitude) -> {
            long digits = magnitude >>> shift;
            if (digits >>> DIGIT == begin) {
                histogram[(int) (digits & ((1 << DIGIT) - 1))]++;
            }
        });
        return histogram;
    }

    private long positionOf(long wanted, long rank) throws IOException {
        long[] found = {0, -1};
        visit((position, magnitude) -> {
            if (magnitude == wanted && ++found[0] == rank) {
                found[1] = position;
            }
        });
        return found[1];
    }

    private void visit(Magnitudes.Visitor visitor) throws IOException {
        long first = 0;
        for (LazyTensor tensor : tensors) {
            long elements = tensor.shape().elementCount();
            new Magnitudes(tensor.materialize(), tensor.dtype()).visit(0, elements, first, visitor);
            first += elements;
        }
    }
}
