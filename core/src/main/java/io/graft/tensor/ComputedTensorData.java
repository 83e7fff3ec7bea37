package io.graft.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * Tensor bytes that are computed when they are asked for.
 *
 * @param dtype what the elements are rounded to
 * @param rounding watches that
 */
record ComputedTensorData(DType dtype, long elements, Computation source, boolean isDivisible, Rounding rounding)
        implements TensorData {
    /** Elements computed with one look at the source, which may open a file each time. */
    private static final int STEP = 1 << 17;

    @Override
    public long byteCount() {
        return elements * width();
    }

    @Override
    public ByteBuffer window(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, byteCount());
        int width = width();
        long first = offset / width;
        long end = (offset + length + width - 1) / width;
        ByteBuffer computed =
                ByteBuffer.allocate(Math.toIntExact((end - first) * width)).order(ByteOrder.LITTLE_ENDIAN);
        write(first, end, computed);
        return computed.slice((int) (offset - first * width), length)
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), byteCount());
        int width = width();
        if (offset % width == 0 && target.remaining() % width == 0) {
            write(offset / width, (offset + target.remaining()) / width, target.order(ByteOrder.LITTLE_ENDIAN));
        } else {
            target.put(window(offset, target.remaining()));
        }
    }

    /** Bytes of these types are the numbers themselves. */
    @Override
    public Elements elements(DType as, long first, int count, ByteBuffer room) throws IOException {
        return as == dtype && (dtype == DType.F32 || dtype == DType.F64)
                ? source.elements(first, count, room)
                : TensorData.super.elements(as, first, count, room);
    }

    @Override
    public void transferTo(WritableByteChannel target) throws IOException {
        ByteBuffer computed = ByteBuffer.allocateDirect((int) Math.min(STEP, elements) * width())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < elements; at += STEP) {
            write(at, Math.min(at + STEP, elements), computed.clear());
            computed.flip();
            while (computed.hasRemaining()) {
                target.write(computed);
            }
        }
    }

    private void write(long first, long end, ByteBuffer target) throws IOException {
        for (long at = first; at < end; at += STEP) {
            write(at, (int) Math.min(STEP, end - at), target);
        }
    }

    private void write(long first, int count, ByteBuffer target) throws IOException {
        ByteBuffer room = target.slice(target.position(), count * width()).order(ByteOrder.LITTLE_ENDIAN);
        Elements computed = source.elements(first, count, room);
        ElementBlock block = new ElementBlock(count);
        Rounding.Pass pass = rounding.pass(dtype, first, count);
        for (int done = 0; done < count; ) {
            int next = Math.min(block.capacity(), count - done);
            computed.next(block, next);
            pass.write(block, next, target);
            done += next;
        }
        pass.end();
    }

    private int width() {
        return dtype.bits() / Byte.SIZE;
    }
}
