package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Some elements of a tensor, decoded into the narrowest Java type that holds every value of their dtype: {@code float} for
 * floating point up to 32 bits, {@code double} for 64, {@code long} for integers and booleans (U64 as its bits). Writing
 * rounds as PyTorch does, and nothing else does. Not for use by several threads at once.
 */
public final class ElementBlock {
    /** Most elements in a block, so that its arrays stay in the processor's cache. */
    private static final int LARGEST = 1 << 13;

    private final float[] floats;
    private DType dtype = DType.F32;
    private int count;
    private boolean overflowed;

    // Made when first needed: most need one or two of them.
    private long[] longs;
    private double[] doubles;
    private short[] halves;
    private byte[] codes;
    private float[] trace;

    /**
     * @param elements how many there are to be read in all, which may bound the block
     */
    public ElementBlock(long elements) {
        this.floats = new float[(int) Math.max(1, Math.min(LARGEST, elements))];
    }

    /** Most elements that it takes at a time. */
    public int capacity() {
        return floats.length;
    }

    /** The elements read last as 32-bit numbers, to be changed in place; those of wider types are rounded to them. */
    public float[] floats() {
        asFloats();
        dtype = DType.F32;
        return floats;
    }

    /** The same as 64-bit numbers. */
    public double[] doubles() {
        asDoubles();
        dtype = DType.F64;
        return doubles;
    }

    /**
     * The elements read last as integers, to be changed in place; booleans as 0 and 1, U64 as its bits.
     *
     * @throws IllegalStateException if they are no integers
     */
    public long[] longs() {
        if (dtype.isFloatingPoint()) {
            throw new IllegalStateException(dtype + " has no integers");
        }
        return longRoom();
    }

    /**
     * Makes room for elements that are not read: they are to be put where {@link #floats}, {@link #doubles} or {@link #longs} gives.
     *
     * @param as what they are: F32, F64 or integers
     * @param elements how many
     */
    public void start(DType as, int elements) {
        dtype = as;
        count = elements;
        if (as == DType.F64) {
            doubleRoom();
        }
    }

    /**
     * Decodes elements at the position of a little-endian buffer, and moves that past them.
     *
     * @param from what the bytes are: any real type of 8 bits and more
     */
    public void read(DType from, ByteBuffer source, int elements) {
        dtype = from;
        count = elements;
        int end = source.position() + count * dtype.bits() / 8;
        switch (dtype) {
            case F32 -> source.asFloatBuffer().get(floats, 0, count);
            case F64 -> source.asDoubleBuffer().get(doubleRoom(), 0, count);
            case F16 -> {
                source.asShortBuffer().get(halves(), 0, count);
                Float16.toFloats(halves, floats, count);
            }
            case BF16 -> {
                source.asShortBuffer().get(halves(), 0, count);
                BFloat16.toFloats(halves, floats, count);
            }
            case F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ -> {
                source.get(codes(), 0, count);
                Float8.of(dtype).toFloats(codes, floats, count);
            }
            case I64, U64 -> source.asLongBuffer().get(longRoom(), 0, count);
            default -> readIntegers(source);
        }
        source.position(end);
    }

    /**
     * Encodes the elements as another dtype at the position of a little-endian buffer, and moves that past them.
     *
     * @throws IOException if a number is beyond the range of the integers asked for
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

    /**
     * Notes whether an element is no finite number, or will be none as another type; {@link #isTraceFinite} tells of all blocks
     * that passed.
     */
    void trace(DType to) {
        float[] sums = trace();
        if (isOfFloats()) {
            // What is too large overflows in the product; infinity times zero is NaN, which stays in the sum. Without a
            // branch, so that the compiler uses vector instructions.
            float scale = overflowing(to);
            for (int i = 0; i < count; i++) {
                sums[i] += floats[i] * scale * 0f;
            }
        } else {
            asDoubles();
            double largest = to == DType.F64 ? Double.MAX_VALUE : Float.MAX_VALUE / overflowing(to);
            for (int i = 0; i < count; i++) {
                sums[i] = Math.abs(doubles[i]) <= largest ? sums[i] : Float.NaN;
            }
        }
    }

    /** Whether every element that was traced is a finite number and stays one. May doubt the very largest that do. */
    boolean isTraceFinite() {
        for (float sum : trace()) {
            if (Float.isNaN(sum)) {
                return false;
            }
        }
        return true;
    }

    /** A factor by which whatever the type rounds to infinity, and little more, exceeds the largest float. */
    private static float overflowing(DType to) {
        return switch (to) {
            case F16 -> 0x1.002p112f;
            case BF16 -> 0x1.01p0f;
            default -> 1;
        };
    }

    /**
     * Largest difference to another block of as many elements, relative to this block's; differences from NaN and to infinity do
     * not count.
     */
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
                if (difference <= Double.MAX_VALUE) {
                    max = difference / here;
                } else {
                    overflowed = true;
                }
            }
        }
        return max;
    }

    /** Whether the other dtype has every value that the elements can have. */
    boolean isExactAs(DType to) {
        return DTypeConversion.isExact(dtype, to);
    }

    /** Whether any comparison found a finite number here and an infinite one there. */
    boolean hasOverflowed() {
        return overflowed;
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
                if (difference <= Float.MAX_VALUE) {
                    max = (double) difference / here;
                    // Lower by more than the product's rounding, so that nothing is missed.
                    below = (float) max * 0.9999f;
                } else {
                    overflowed = true;
                }
            }
        }
        return max;
    }

    private void readIntegers(ByteBuffer source) {
        long[] target = longRoom();
        for (int i = 0; i < count; i++) {
            target[i] = switch (dtype) {
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
        IntegerRange range = IntegerRange.of(to);
        if (dtype.isFloatingPoint()) {
            for (int i = 0; i < count; i++) {
                writeInteger(to, range.truncate(value(i)), target);
            }
        } else {
            for (int i = 0; i < count; i++) {
                writeInteger(to, range.require(longs[i], dtype), target);
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
        doubleRoom();
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

    private long[] longRoom() {
        if (longs == null) {
            longs = new long[floats.length];
        }
        return longs;
    }

    private float[] trace() {
        if (trace == null) {
            trace = new float[floats.length];
        }
        return trace;
    }

    private double[] doubleRoom() {
        if (doubles == null) {
            doubles = new double[floats.length];
        }
        return doubles;
    }

    private byte[] codes() {
        if (codes == null) {
            codes = new byte[floats.length];
        }
        return codes;
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

    /** Whether an element of those read last is a number, and not an infinite one. */
    public boolean isFinite(int index) {
        return !dtype.isFloatingPoint() || Double.isFinite(value(index));
    }

    private boolean isZero(int index) {
        return dtype.isFloatingPoint() ? value(index) == 0 : longs[index] == 0;
    }

    private double value(int index) {
        return dtype == DType.F64 ? doubles[index] : floats[index];
    }
}
