package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalDouble;

/** Tensor bytes converted from one dtype to another with PyTorch's rounding, window by window. */
public final class DTypeConversion implements TensorData {
    private final TensorData source;
    private final DType from;
    private final DType to;

    public DTypeConversion(TensorData source, DType from, DType to) {
        this.source = source;
        this.from = from;
        this.to = to;
    }

    @Override
    public long byteCount() {
        return source.byteCount() / from.bits() * to.bits();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        throw new IllegalStateException("not written yet");
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        throw new IllegalStateException("not written yet");
    }

    /** Largest relative difference that the rounding made so far; empty before anything was read. */
    public OptionalDouble maxRelativeError() {
        return OptionalDouble.empty();
    }
}
