package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Some elements of a tensor, decoded into the narrowest Java type that holds every value of their dtype: {@code float} for
 * floating point up to 32 bits, {@code double} for 64, {@code long} for integers and truth values (U64 as its bits). Writing
 * rounds as PyTorch does. Not for use by several threads at once.
 */
public final class ElementBlock {
    /** Most elements in a block, so that its arrays stay in the processor's cache. */
    private static final int LARGEST = 1 << 13;

    private final DType dtype;
    private final float[] floats;
    private final long[] longs;
    private double[] doubles;
    private short[] halves;
    private int count;

    /**
     * @param dtype any real type of 8 bits and more
     * @param elements how many there are to be read in all, which may bound the block
     */
    public ElementBlock(DType dtype, long elements) {
        int capacity = (int) Math.max(1, Math.min(LARGEST, elements));
        this.dtype = dtype;
        this.floats = new float[capacity];
        this.longs = new long[dtype.isFloatingPoint() ? 0 : capacity];
    }

    /** Most elements that it takes at a time. */
    public int capacity() {
        return floats.length;
    }

    /** The elements read last, to be changed in place; meaningful for floating point of up to 32 bits. */
    public float[] floats() {
        return floats;
    }

    /** Decodes elements at the position of a little-endian buffer, and moves that past them. */
    public void read(ByteBuffer source, int elements) {
        count = elements;
        int end = source.position() + count * dtype.bits() / 8;
        switch (dtype) {
            case F32 -> source.asFloatBuffer().get(floats, 0, count);
            case F64 -> source.asDoubleBuffer().get(doubles(), 0, count);
            case F16 -> {
                source.asShortBuffer().get(halves(), 0, count);
                Float16.toFloats(halves, floats, count);
            }
            case BF16 -> {
                source.asShortBuffer().get(halves(), 0, count);
                BFloat16.toFloats(halves, floats, count);
            }
            case F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ ->
                Float8.of(dtype).toFloats(source, floats, count);
            case I64, U64 -> source.asLongBuffer().get(longs, 0, count);
            default -> readIntegers(source);
        }
        source.position(end);
    }

    /**
     * Encodes the elements as another dtype at the position of a little-endian buffer, and moves that past them.
     *
     * @throws IOException if a number is beyond the range of an integer type
     */
    public void write(DType to, ByteBuffer target) throws IOException {
        switch (to) {
            case F16, BF16, F32 -> {
                asFloats();
                writeFloats(to, target);
            }
            case F64 -> {
                asDoubles();
                target.asDoubleBuffer().put(doubles, 0, count);
                target.position(target.position() + count * Double.BYTES);
            }
            case BOOL -> {
                for (int i = 0; i < count; i++) {
                    target.put((byte) (isZero(i) ? 0 : 1));
                }
            }
            default -> writeIntegers(to, target);
        }
    }

    /** Largest difference to another block of as many elements, relative to this block's; differences from NaN do not count. */
    double maxRelativeDifference(ElementBlock other) {
        if (isOfFloats() && other.isOfFloats()) {
            return maxRelativeDifferenceOfFloats(other.floats);
        }
        asDoubles();
        other.asDoubles();
        double max = 0;
        for (int i = 0; i < count; i++) {
            double here = Math.abs(doubles[i]);
            double difference = Math.abs(other.doubles[i] - doubles[i]);
            // Divides only for a new maximum; false where either is NaN or both are infinite.
            if (difference > max * here) {
                max = difference / here;
            }
        }
        return max;
    }

    private boolean isOfFloats() {
        return dtype.isFloatingPoint() && dtype.bits() <= Float.SIZE;
    }

    /** The same without the doubles: a number and what it is rounded to are so near that their difference is exact. */
    private double maxRelativeDifferenceOfFloats(float[] others) {
        double max = 0;
        float below = 0;
        for (int i = 0; i < count; i++) {
            float here = Math.abs(floats[i]);
            float difference = Math.abs(others[i] - floats[i]);
            if (difference > below * here && difference > max * here) {
                max = (double) difference / here;
                // Lower by more than the product's rounding, so that nothing is missed.
                below = (float) max * 0.9999f;
            }
        }
        return max;
    }

    private void readIntegers(ByteBuffer source) {
        for (int i = 0; i < count; i++) {
            longs[i] = switch (dtype) {
                case BOOL -> source.get() == 0 ? 0 : 1;
                case U8 -> source.get() & 0xffL;
                case I8 -> source.get();
                case U16 -> source.getShort() & 0xffffL;
                case I16 -> source.getShort();
                case U32 -> source.getInt() & 0xffffffffL;
                case I32 -> source.getInt();
                default -> throw new IllegalStateException(dtype.toString());
            };
        }
    }

    private void writeFloats(DType to, ByteBuffer target) {
        if (to == DType.F32) {
            FloatBuffer view = target.asFloatBuffer();
            view.put(floats, 0, count);
            target.position(target.position() + count * Float.BYTES);
            return;
        }
        if (to == DType.F16) {
            Float16.fromFloats(floats, halves(), count);
        } else {
            BFloat16.fromFloats(floats, halves(), count);
        }
        target.asShortBuffer().put(halves, 0, count);
        target.position(target.position() + count * Short.BYTES);
    }

    private void writeIntegers(DType to, ByteBuffer target) throws IOException {
        if (dtype.isFloatingPoint()) {
            Truncation truncation = Truncation.to(to);
            for (int i = 0; i < count; i++) {
                writeInteger(to, truncation.apply(value(i)), target);
            }
        } else {
            for (int i = 0; i < count; i++) {
                writeInteger(to, longs[i], target);
            }
        }
    }

    private static void writeInteger(DType to, long value, ByteBuffer target) {
        switch (to.bits()) {
            case 8 -> target.put((byte) value);
            case 16 -> target.putShort((short) value);
            case 32 -> target.putInt((int) value);
            default -> target.putLong(value);
        }
    }

    private void asFloats() {
        if (dtype == DType.F64) {
            for (int i = 0; i < count; i++) {
                floats[i] = (float) doubles[i];
            }
        } else if (dtype == DType.U64) {
            for (int i = 0; i < count; i++) {
                floats[i] = longs[i] >= 0 ? longs[i] : (float) halved(longs[i]) * 2;
            }
        } else if (!dtype.isFloatingPoint()) {
            for (int i = 0; i < count; i++) {
                floats[i] = longs[i];
            }
        }
    }

    private void asDoubles() {
        doubles();
        if (dtype == DType.U64) {
            for (int i = 0; i < count; i++) {
                doubles[i] = longs[i] >= 0 ? longs[i] : (double) halved(longs[i]) * 2;
            }
        } else if (!dtype.isFloatingPoint()) {
            for (int i = 0; i < count; i++) {
                doubles[i] = longs[i];
            }
        } else if (dtype != DType.F64) {
            for (int i = 0; i < count; i++) {
                doubles[i] = floats[i];
            }
        }
    }

    // Made when first needed: most conversions need one of the two at most.
    private double[] doubles() {
        if (doubles == null) {
            doubles = new double[floats.length];
        }
        return doubles;
    }

    private short[] halves() {
        if (halves == null) {
            halves = new short[floats.length];
        }
        return halves;
    }

    /** Half of an unsigned number; the lost bit is kept in the lowest one, so that rounding still sees it. */
    private static long halved(long unsigned) {
        return (unsigned >>> 1) | (unsigned & 1);
    }

    private boolean isZero(int index) {
        return dtype.isFloatingPoint() ? value(index) == 0 : longs[index] == 0;
    }

    private double value(int index) {
        return dtype == DType.F64 ? doubles[index] : floats[index];
    }
}
