package com.example.pruning;

import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** The bytes of a tensor, with zeros where its elements are among the least. */
final class PrunedData implements TensorData {
    private static final int STEP = 1 << 20;

    private final TensorData original;
    private final int width;
    private final Magnitudes magnitudes;
    private final LeastElements.Cut cut;
    private final long first;

    PrunedData(TensorData original, DType dtype, LeastElements.Cut cut, long first) {
        this.original = original;
        this.width = dtype.bits() / Byte.SIZE;
        this.magnitudes = new Magnitudes(original, dtype);
        this.cut = cut;
        this.first = first;
    }

    @Override
    public long byteCount() {
        return original.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        long from = offset / width;
        long to = (offset + length + width - 1) / width;
        ByteBuffer elements = original.window(from * width, Math.toIntExact((to - from) * width));
        ByteBuffer pruned =
                ByteBuffer.allocate(elements.remaining()).put(elements).flip();
        magnitudes.visit(from, to, first, (position, magnitude) -> {
            if (cut.includes(position, magnitude)) {
                int at = (int) (position - first - from) * width;
                for (int i = 0; i < width; i++) {
                    pruned.put(at + i, (byte) 0);
                }
            }
        });
        return pruned.slice((int) (offset - from * width), length)
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        for (long at = 0; at < byteCount(); at += STEP) {
            ByteBuffer window = window(at, (int) Math.min(STEP, byteCount() - at));
            while (window.hasRemaining()) {
                target.write(window);
            }
        }
    }
}
