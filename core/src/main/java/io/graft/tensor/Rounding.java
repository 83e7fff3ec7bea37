package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAccumulator;

/** Watches what becomes of a tensor's values while they are rounded to the dtype that they are written as. Threads may share one. */
public final class Rounding {
    /** Of values that nobody asks about. */
    static final Rounding UNWATCHED = new Rounding(false, false);

    private final boolean measured;
    private final boolean traced;
    private final DoubleAccumulator maxRelativeError = new DoubleAccumulator(Math::max, Double.NEGATIVE_INFINITY);
    private final ConcurrentNavigableMap<Long, Long> doubtful = new ConcurrentSkipListMap<>();

    /**
     * @param measured whether to measure the differences, which takes time
     * @param traced whether values that are no finite numbers raise doubt before they are rounded; if not, only those do that the
     *     rounding makes infinite, and these if they are measured
     */
    public Rounding(boolean measured, boolean traced) {
        this.measured = measured;
        this.traced = traced;
    }

    /** Largest relative difference so far, over the values that stayed finite; empty before any was measured. */
    public OptionalDouble maxRelativeError() {
        double max = maxRelativeError.get();
        return max < 0 ? OptionalDouble.empty() : OptionalDouble.of(max);
    }

    /** Whether some of the values may have been lost; {@link ValueCount} knows. */
    public boolean isDoubtful() {
        return !doubtful.isEmpty();
    }

    /**
     * The elements among which values may have been lost, and of traced ones all that are no finite numbers: the first of each stretch,
     * and the one after its last.
     */
    public NavigableMap<Long, Long> doubtful() {
        return doubtful;
    }

    /** One thread's look at some of the elements. */
    Pass pass(DType to, long first, int count) {
        return new Pass(to, first, count);
    }

    /** Blocks of elements on their way. */
    final class Pass {
        private final DType to;
        private final long first;
        private final int elements;
        private ElementBlock rounded;
        private ElementBlock last;
        private double max;

        private Pass(DType to, long first, int elements) {
            this.to = to;
            this.first = first;
            this.elements = elements;
        }

        void write(ElementBlock block, int count, ByteBuffer target) throws IOException {
            last = block;
            if (traced) {
                block.trace(to);
            }
            int start = target.position();
            block.write(to, target);
            if (measured && !block.isExactAs(to)) {
                if (rounded == null) {
                    rounded = new ElementBlock(elements);
                }
                int length = target.position() - start;
                rounded.read(to, target.slice(start, length).order(ByteOrder.LITTLE_ENDIAN), count);
                max = Math.max(max, block.maxRelativeDifference(rounded));
            }
        }

        void end() {
            if (measured) {
                maxRelativeError.accumulate(max);
            }
            if (last != null && (last.hasOverflowed() || (traced && !last.isTraceFinite()))) {
                doubtful.merge(first, first + elements, Math::max);
            }
        }
    }
}
