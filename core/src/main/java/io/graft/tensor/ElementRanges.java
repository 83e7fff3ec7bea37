package io.graft.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.LongStream;

/** Goes through the elements of a tensor in ranges that depend on nothing but their place, on all processors. */
public final class ElementRanges {
    private ElementRanges() {}

    /** What is done with a range. */
    @FunctionalInterface
    public interface Action {
        /**
         * Takes a range.
         *
         * @param first its first element
         * @param end after its last one
         * @throws IOException if values cannot be read
         */
        void take(long first, long end) throws IOException;
    }

    /**
     * Takes all ranges, each once.
     *
     * @param count of elements
     * @param length of each range but the last
     * @param divisible whether several threads may take ranges at once, in any order; see {@link TensorData#isDivisible}
     * @throws IOException that of an action
     */
    public static void forEach(long count, long length, boolean divisible, Action action) throws IOException {
        LongStream ranges = LongStream.range(0, (count + length - 1) / length);
        try {
            (divisible ? ranges.parallel() : ranges).forEach(range -> {
                try {
                    action.take(range * length, Math.min(count, (range + 1) * length));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
