package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Tensor bytes converted from one dtype to another with PyTorch's rounding, window by window: to the nearest value, ties to
 * even, between floating-point types (64 to 16 bits by way of 32); towards zero from floating point to integers; modulo the
 * width between integers; anything but zero is true. Not for use by several threads at once.
 *
 * <p>A floating-point number beyond the range of an integer type, for which PyTorch defines no result, is an error.
 */
public final class DTypeConversion implements TensorData {
    /** Elements converted with one look at the source, which may open a file each time. */
    private static final int STEP = 1 << 17;

    private final TensorData source;
    private final DType from;
    private final DType to;
    private final ElementBlock block;
    private final ElementBlock rounded;
    private boolean used;
    private double maxRelativeError;

    /**
     * @param from dtype of the source; any real type of 8 bits and more
     * @param to truth values, integers, or floating point of 16 bits and more
     * @throws IllegalArgumentException if there is no such conversion
     */
    public DTypeConversion(TensorData source, DType from, DType to) {
        if (!isSupported(from, to)) {
            throw new IllegalArgumentException("no conversion from " + from + " to " + to
                    + "; allowed are BOOL, U8 to U64," + " I8 to I64, F16, BF16, F32 and F64, and from F8 types");
        }
        this.source = source;
        this.from = from;
        this.to = to;
        long elements = source.byteCount() / width(from);
        this.block = new ElementBlock(from, elements);
        this.rounded = isExact(from, to) ? null : new ElementBlock(to, elements);
    }

    /** Whether tensors of one dtype can be converted to the other. */
    public static boolean isSupported(DType from, DType to) {
        return !from.isComplex() && !to.isComplex() && from.bits() >= 8 && to.bits() >= (to.isFloatingPoint() ? 16 : 8);
    }

    @Override
    public long byteCount() {
        return source.byteCount() / width(from) * width(to);
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount());
        long first = offset / width(to);
        long end = (offset + length + width(to) - 1) / width(to);
        ByteBuffer converted =
                ByteBuffer.allocate(Math.toIntExact((end - first) * width(to))).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = first; at < end; at += STEP) {
            convert(at, Math.min(at + STEP, end), converted);
        }
        return converted
                .slice((int) (offset - first * width(to)), length)
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        long count = byteCount() / width(to);
        ByteBuffer converted = ByteBuffer.allocateDirect((int) Math.min(STEP, count) * width(to))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < count; at += STEP) {
            convert(at, Math.min(at + STEP, count), converted.clear());
            converted.flip();
            while (converted.hasRemaining()) {
                target.write(converted);
            }
        }
    }

    /** Largest relative difference that the rounding made so far; empty before anything was read. */
    public OptionalDouble maxRelativeError() {
        return used ? OptionalDouble.of(maxRelativeError) : OptionalDouble.empty();
    }

    private void convert(long first, long end, ByteBuffer target) throws IOException {
        ByteBuffer window = source.window(first * width(from), (int) (end - first) * width(from));
        for (long at = first; at < end; at += block.capacity()) {
            int count = (int) Math.min(block.capacity(), end - at);
            int start = target.position();
            block.read(window, count);
            block.write(to, target);
            used = true;
            if (rounded != null) {
                rounded.read(target.slice(start, count * width(to)).order(ByteOrder.LITTLE_ENDIAN), count);
                maxRelativeError = Math.max(maxRelativeError, block.maxRelativeDifference(rounded));
            }
        }
    }

    private static boolean isExact(DType from, DType to) {
        return from == to
                || from == DType.BOOL
                || (from.isFloatingPoint() && from.bits() <= 32 && to.isFloatingPoint() && to.bits() >= 32);
    }

    private static int width(DType dtype) {
        return dtype.bits() / 8;
    }
}
