package io.graft.checkpoint;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** The bytes of a tensor that are looked for when the first of them is asked for. */
public final class DeferredData implements TensorData {
    private final DType dtype;
    private final Shape shape;
    private final Opening opening;
    private TensorData opened;

    /** Finds the bytes. */
    @FunctionalInterface
    public interface Opening {
        /**
         * Finds them.
         *
         * @throws IOException if they cannot be read
         */
        TensorData open() throws IOException;
    }

    /**
     * @param dtype of the tensor's elements
     * @param shape the tensor's
     */
    public DeferredData(DType dtype, Shape shape, Opening opening) {
        this.dtype = dtype;
        this.shape = shape;
        this.opening = opening;
    }

    private synchronized TensorData opened() throws IOException {
        if (opened == null) {
            opened = opening.open();
        }
        return opened;
    }

    @Override
    public long byteCount() {
        return dtype.byteCount(shape);
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        return opened().window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        opened().read(offset, target);
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        opened().transferTo(target);
    }

    @Override
    public Elements elements(DType as, long first, int count, ByteBuffer room) throws IOException {
        return opened().elements(as, first, count, room);
    }
}
