package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many of a tensor's values are finite numbers, and how many of these are none any more when they are rounded.
 *
 * @param finite before the rounding
 * @param notFinite NaN and infinite before the rounding
 * @param overflowing finite before the rounding, infinite after it
 */
public record ValueCount(long finite, long notFinite, long overflowing) {
    /** What the rounding did to a tensor, in words. */
    public String overflow(String name) {
        return "`" + name + "`: " + overflowing + " of " + finite + " finite " + (finite == 1 ? "value" : "values")
                + " became infinite";
    }

    private static final int STEP = 1 << 17;

    /**
     * Reads all of a tensor and counts.
     *
     * @param from what the bytes are; any real type of 8 bits and more
     * @param to what they are rounded to
     */
    public static ValueCount of(TensorData data, DType from, DType to) throws IOException {
        return of(data, from, to, new TreeMap<>(Map.of(0L, elements(data, from))));
    }

    /**
     * Reads of a tensor what is in doubt, and counts.
     *
     * @param doubtful where all are that are not finite before the rounding or after it, as {@link Rounding#doubtful} of traced values
     */
    public static ValueCount of(TensorData data, DType from, DType to, NavigableMap<Long, Long> doubtful)
            throws IOException {
        long notFinite = 0;
        long overflowing = 0;
        long counted = 0;
        for (Map.Entry<Long, Long> stretch : doubtful.entrySet()) {
            long end = Math.max(counted, stretch.getValue());
            for (long at = Math.max(counted, stretch.getKey()); at < end; at += STEP) {
                ValueCount some = of(data, from, to, at, (int) Math.min(STEP, end - at));
                notFinite += some.notFinite;
                overflowing += some.overflowing;
            }
            counted = end;
        }
        return new ValueCount(elements(data, from) - notFinite, notFinite, overflowing);
    }

    private static long elements(TensorData data, DType dtype) {
        return data.byteCount() / (dtype.bits() / Byte.SIZE);
    }

    private static ValueCount of(TensorData data, DType from, DType to, long first, int count) throws IOException {
        ElementBlock block = new ElementBlock(count);
        ElementBlock rounded = new ElementBlock(count);
        ByteBuffer bytes = ByteBuffer.allocate(block.capacity() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        TensorData.Elements values = data.elements(from, first, count, ByteBuffer.allocate(count * Double.BYTES));
        long finite = 0;
        long overflowing = 0;
        for (int done = 0; done < count; ) {
            int next = Math.min(block.capacity(), count - done);
            values.next(block, next);
            block.write(to, bytes.clear());
            rounded.read(to, bytes.flip(), next);
            for (int i = 0; i < next; i++) {
                finite += block.isFinite(i) ? 1 : 0;
                overflowing += block.isFinite(i) && !rounded.isFinite(i) ? 1 : 0;
            }
            done += next;
        }
        return new ValueCount(finite, count - finite, overflowing);
    }
}
