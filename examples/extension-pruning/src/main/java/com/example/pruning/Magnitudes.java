package com.example.pruning;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.DoubleBuffer;

/** The magnitudes of a tensor's elements, as whole numbers of the same order; NaN is the greatest, as in {@code torch.topk}. */
final class Magnitudes {
    private static final int STEP = 1 << 14;

    private final TensorData doubles;

    /** Takes one element. */
    @FunctionalInterface
    interface Visitor {
        void visit(long position, long magnitude);
    }

    Magnitudes(TensorData data, DType dtype) {
        // Every value of the other types is one of F64, too.
        this.doubles = dtype == DType.F64 ? data : new DTypeConversion(data, dtype, DType.F64);
    }

    /**
     * Visits elements in order.
     *
     * @param from index of the first element
     * @param to index after the last element
     * @param offset added to an index, it is the position that the visitor is told
     */
    void visit(long from, long to, long offset, Visitor visitor) throws IOException {
        for (long at = from; at < to; at += STEP) {
            int count = (int) Math.min(STEP, to - at);
            DoubleBuffer window =
                    doubles.window(at * Double.BYTES, count * Double.BYTES).asDoubleBuffer();
            for (int i = 0; i < count; i++) {
                visitor.visit(offset + at + i, Double.doubleToLongBits(Math.abs(window.get(i))));
            }
        }
    }
}
