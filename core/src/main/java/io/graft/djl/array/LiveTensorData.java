package io.graft.djl.array;

import ai.djl.ndarray.NDArray;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;

/**
 * The bytes of a live array, read through the engine's direct view of its memory. Windows are copies: a view would be a dangling
 * pointer once the array is closed, and the engine's own copies end the JVM when the heap is short.
 */
public final class LiveTensorData implements TensorData {
    private final NDArray array;
    private final List<Slab> slabs;
    private final long byteCount;

    public LiveTensorData(NDArray array) {
        this(array, Slab.LIMIT);
    }

    LiveTensorData(NDArray array, int slabLimit) {
        int elementBytes = DataTypes.of(array.getDataType()).bits() / 8;
        this.array = array;
        this.slabs = Slab.of(array.getShape(), elementBytes, slabLimit);
        this.byteCount = array.getShape().size() * elementBytes;
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    @Override
    public ByteBuffer window(long offset, int length) {
        Objects.checkFromIndexSize(offset, length, byteCount);
        ByteBuffer copy = ByteBuffer.allocate(length);
        read(offset, copy);
        return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        Objects.checkFromIndexSize(offset, target.remaining(), byteCount);
        long end = offset + target.remaining();
        for (Slab slab : slabs) {
            long from = Math.max(offset, slab.offset());
            long to = Math.min(end, slab.offset() + slab.length());
            if (from < to) {
                try (ArraySlab open = ArraySlab.open(array, slab)) {
                    target.put(open.bytes().slice((int) (from - slab.offset()), (int) (to - from)));
                }
            }
        }
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (Slab slab : slabs) {
            try (ArraySlab open = ArraySlab.open(array, slab)) {
                ByteBuffer bytes = open.bytes();
                while (bytes.hasRemaining()) {
                    target.write(bytes);
                }
            }
        }
    }
}
