package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.graft.checkpoint.TensorData;
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
final class LiveTensorData implements TensorData {
    private final NDArray array;
    private final List<Slab> slabs;
    private final long byteCount;

    LiveTensorData(NDArray array) {
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
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount);
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (Slab slab : slabs) {
            long from = Math.max(offset, slab.offset());
            long to = Math.min(offset + length, slab.offset() + slab.length());
            if (from < to) {
                view(slab, bytes -> copy.put(bytes.slice((int) (from - slab.offset()), (int) (to - from))));
            }
        }
        return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (Slab slab : slabs) {
            view(slab, bytes -> {
                while (bytes.hasRemaining()) {
                    target.write(bytes);
                }
            });
        }
    }

    private void view(Slab slab, BytesConsumer consumer) throws IOException {
        // A strided or GPU array is copied by the engine into an array beside the view: the scope closes both.
        try (NDManager scope = array.getManager().newSubManager(array.getDevice())) {
            consumer.accept(array.get(scope, slab.index()).toByteBuffer(true));
        }
    }

    private interface BytesConsumer {
        void accept(ByteBuffer bytes) throws IOException;
    }
}
