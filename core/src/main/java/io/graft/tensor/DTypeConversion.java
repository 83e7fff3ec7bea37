package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Tensor bytes converted from one dtype to another with PyTorch's rounding, window by window: to the nearest value, ties to
 * even, between floating-point types (64 to 16 bits by way of 32); towards zero from floating point to integers; anything but
 * zero is true.
 *
 * <p>A number beyond the range of an integer type, for which PyTorch defines no result or takes another integer, is an error.
 */
public final class DTypeConversion implements TensorData {
    private final TensorData source;
    private final DType from;
    private final DType to;
    private final TensorData converted;

    /** Converts, and nobody asks what became of the values. */
    public DTypeConversion(TensorData source, DType from, DType to) {
        this(source, from, to, Rounding.UNWATCHED);
    }

    /**
     * @param from dtype of the source; any real type of 8 bits and more
     * @param to booleans, integers, or floating point of 16 bits and more; or what it is, where that is to be watched
     * @param rounding watches what becomes of the values
     * @throws IllegalArgumentException if there is no such conversion
     */
    public DTypeConversion(TensorData source, DType from, DType to, Rounding rounding) {
        if (!isSupported(from, to)) {
            throw new IllegalArgumentException("no conversion from " + from + " to " + to
                    + "; allowed are BOOL, U8 to U64," + " I8 to I64, F16, BF16, F32 and F64, and from F8 types");
        }
        this.source = source;
        this.from = from;
        this.to = to;
        this.converted = new ComputedTensorData(
                to,
                source.byteCount() / width(from),
                (first, count, room) -> source.elements(from, first, count, room),
                source.isDivisible(),
                rounding);
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
    public Elements elements(DType as, long first, int count, ByteBuffer room) throws IOException {
        return as == to && isExact(from, to)
                ? source.elements(from, first, count, room)
                : TensorData.super.elements(as, first, count, room);
    }

    @Override
    public boolean isDivisible() {
        return converted.isDivisible();
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        converted.transferTo(target);
    }

    /** Whether every value of one dtype is one of the other. */
    static boolean isExact(DType from, DType to) {
        return from == to
                || from == DType.BOOL
                || (from.isFloatingPoint() && from.bits() <= 32 && to.isFloatingPoint() && to.bits() >= 32);
    }

    private static int width(DType dtype) {
        return dtype.bits() / 8;
    }
}
