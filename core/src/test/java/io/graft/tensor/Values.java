package io.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntToDoubleFunction;

/** Numbers as a tensor's bytes and back, with nothing of what is tested. */
final class Values {
    private Values() {}

    static TensorData of(DType dtype, double... values) {
        return of(dtype, values.length, i -> values[i]);
    }

    static TensorData of(DType dtype, int count, IntToDoubleFunction values) {
        ByteBuffer bytes = ByteBuffer.allocate(count * dtype.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            double value = values.applyAsDouble(i);
            switch (dtype) {
                case F64 -> bytes.putDouble(value);
                case F32 -> bytes.putFloat((float) value);
                case I64, U64 -> bytes.putLong((long) value);
                case I32, U32 -> bytes.putInt((int) (long) value);
                case I16, U16 -> bytes.putShort((short) value);
                case I8, U8, BOOL -> bytes.put((byte) value);
                default -> throw new IllegalArgumentException(dtype.toString());
            }
        }
        return TensorData.of(bytes.flip());
    }

    /** The number at the position of a little-endian buffer, as PyTorch's {@code item()} would give it. */
    static double next(DType dtype, ByteBuffer bytes) {
        return switch (dtype) {
            case F64 -> bytes.getDouble();
            case F32 -> bytes.getFloat();
            case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
            case F16 -> half(bytes.getShort());
            case I64 -> bytes.getLong();
            case I32 -> bytes.getInt();
            case I16 -> bytes.getShort();
            case I8 -> bytes.get();
            case U32 -> bytes.getInt() & 0xffffffffL;
            case U16 -> bytes.getShort() & 0xffff;
            case U8, BOOL -> bytes.get() & 0xff;
            default -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    private static double half(short bits) {
        int exponent = (bits >> 10) & 31;
        int fraction = bits & 1023;
        double magnitude = exponent == 31
                ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0 ? Math.scalb((double) fraction, -24) : Math.scalb(1024.0 + fraction, exponent - 25);
        return bits < 0 ? -magnitude : magnitude;
    }
}
