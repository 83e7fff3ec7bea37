package io.graft.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * All numbers of a dtype, in the order of their bits.
 *
 * @param dtype of 8 or 16 bits
 */
record EveryValue(DType dtype) implements LazyTensor {
    EveryValue {
        if (dtype.bits() != Byte.SIZE && dtype.bits() != Short.SIZE) {
            throw new IllegalArgumentException(dtype + " has not 8 or 16 bits");
        }
    }

    @Override
    public Shape shape() {
        return Shape.of(1L << dtype.bits());
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Computed("all values of " + dtype, List.of());
    }

    @Override
    public TensorData materialize() {
        int count = 1 << dtype.bits();
        ByteBuffer bytes = ByteBuffer.allocate(count * dtype.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < count; bits++) {
            if (dtype.bits() == Byte.SIZE) {
                bytes.put((byte) bits);
            } else {
                bytes.putShort((short) bits);
            }
        }
        return TensorData.of(bytes.flip());
    }
}
