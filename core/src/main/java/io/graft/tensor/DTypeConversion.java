package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.DoubleAccumulator;

/**
 * Tensor bytes converted from one dtype to another with PyTorch's rounding, window by window: to the nearest value, ties to
 * even, between floating-point types (64 to 16 bits by way of 32); towards zero from floating point to integers; modulo the
 * width between integers; anything but zero is true.
 *
 * <p>A floating-point number beyond the range of an integer type, for which PyTorch defines no result, is an error.
 */
public final class DTypeConversion implements TensorData {
    private final TensorData source;
    private final DType from;
    private final DType to;
    private final TensorData converted;
    private final DoubleAccumulator maxRelativeError = new DoubleAccumulator(Math::max, Double.NEGATIVE_INFINITY);

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
        this.converted = TensorData.computed(source, to, source.byteCount() / width(from), this::convert);
    }

    /** Whether tensors of one dtype can be converted to the other. */
    public static boolean isSupported(DType from, DType to) {
        return !from.isComplex() && !to.isComplex() && from.bits() >= 8 && to.bits() >= (to.isFloatingPoint() ? 16 : 8);
    }

    @Override
    public long byteCount() {
        return converted.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        return converted.window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        converted.read(offset, target);
    }

    @Override
    public boolean isDivisible() {
        return converted.isDivisible();
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        converted.transferTo(target);
    }

    /** Largest relative difference that the rounding made so far; empty before anything was read. */
    public OptionalDouble maxRelativeError() {
        double max = maxRelativeError.get();
        return max < 0 ? OptionalDouble.empty() : OptionalDouble.of(max);
    }

    private void convert(long first, int elements, ByteBuffer target) throws IOException {
        ByteBuffer window = source.window(first * width(from), elements * width(from));
        ElementBlock block = new ElementBlock(from, elements);
        ElementBlock rounded = isExact(from, to) ? null : new ElementBlock(to, elements);
        double max = 0;
        for (int done = 0; done < elements; ) {
            int count = Math.min(block.capacity(), elements - done);
            int start = target.position();
            block.read(window, count);
            block.write(to, target);
            if (rounded != null) {
                rounded.read(target.slice(start, count * width(to)).order(ByteOrder.LITTLE_ENDIAN), count);
                max = Math.max(max, block.maxRelativeDifference(rounded));
            }
            done += count;
        }
        maxRelativeError.accumulate(max);
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
