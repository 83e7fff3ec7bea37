package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
        int width = from.bits() / Byte.SIZE;
        long elements = data.byteCount() / width;
        long finite = 0;
        long overflowing = 0;
        ByteBuffer room = ByteBuffer.allocate((int) Math.min(STEP, elements) * Double.BYTES);
        ElementBlock block = new ElementBlock(elements);
        ElementBlock rounded = new ElementBlock(elements);
        ByteBuffer bytes = ByteBuffer.allocate(block.capacity() * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long first = 0; first < elements; first += STEP) {
            int count = (int) Math.min(STEP, elements - first);
            TensorData.Elements values = data.elements(from, first, count, room.clear());
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
        }
        return new ValueCount(finite, elements - finite, overflowing);
    }
}
